/** The organization that a key belongs to, and its settings. */
import { z } from 'zod';
import {
  changeSettings,
  type OrganizationSettings,
  readSettings,
} from '../../directory/connections/organization-settings.ts';
import { AppError } from '../../errors.ts';
import type { Handle } from '../../synclog/handle.ts';
import { json, type ValueOf } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, instant } from '../fields.ts';

const organization = z
  .object({
    id,
    name: z.string().meta({ example: 'default' }),
    createdAt: instant,
    settings: z.object({
      provisionOnSignIn: z.object({
        value: z.boolean().meta({ description: 'What the organization has set.' }),
        inForce: z.boolean().meta({ description: 'Whether people are created at their first sign-in.' }),
        decidedBy: z.enum(['environment', 'organization']).meta({
          description: '`environment`: DISABLE_SSO_PROVISIONING is true, whatever is set here.',
        }),
      }),
    }),
    version: z.int(),
  })
  .meta({ id: 'Organization' });

type Value = ValueOf<typeof organization>;

async function toValue(context: ApiContext, db: Handle, settings: OrganizationSettings): Promise<Value> {
  const { directory, environment } = context.parts;
  const found = await directory.store.organizations.find(db, context.organizationId);
  if (found === undefined) throw new AppError('not_found', 'There is no such organization.');
  const { provisionOnSignIn: value, version } = settings;
  const inForce = value && environment.provisionOnSignIn;
  const decidedBy = environment.provisionOnSignIn ? 'organization' : 'environment';
  return { ...found, settings: { provisionOnSignIn: { value, inForce, decidedBy } }, version };
}

const version = (value: Value): number => value.version;

const get = endpoint({
  id: 'organization.get',
  method: 'get',
  path: '/organization',
  summary: 'Read the organization and its settings',
  action: 'organization.read',
  answer: json(organization, { description: 'The organization of this key.', version }),
  example: { saves: { ORGANIZATION_VERSION: 'version' } },
  async handle(context) {
    const { directory } = context.parts;
    const { reader } = directory.store;
    return toValue(context, reader, await readSettings(directory, reader, context.organizationId));
  },
});

const change = endpoint({
  id: 'organization.change',
  method: 'patch',
  path: '/organization',
  summary: 'Change settings of the organization',
  description: 'What is left out stays as it is.',
  action: 'organization.change',
  body: z.strictObject({ provisionOnSignIn: z.boolean().optional() }),
  answer: json(organization, { description: 'The organization as it is now.', version }),
  ifMatch: 'required',
  example: { body: { provisionOnSignIn: true }, ifMatch: 'ORGANIZATION_VERSION' },
  handle: (context, { body }) =>
    context.commit(async (work) => {
      const changed = await changeSettings(context.parts.directory, work, body, context.matchVersion);
      return toValue(context, work.db, changed);
    }),
});

export const organizationEndpoints: readonly Endpoint[] = [get, change];
