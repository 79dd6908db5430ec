/** One connection, as the endpoints of its nouns (tokens, rules, groups) look it up and show it. */
import { z } from 'zod';
import { type Connection, DIALECTS } from '../../directory/connections/connection.ts';
import { AppError } from '../../errors.ts';
import type { ValueOf } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { id, instant } from '../fields.ts';

export const connectionParams = z.object({ connectionId: id.meta({ description: 'Id of a connection.' }) });

export const connection = z
  .object({
    id,
    name: z.string().meta({ example: 'Okta' }),
    dialect: z.enum(DIALECTS).meta({ description: 'Whose oddities are repaired at the door; `strict` repairs none.' }),
    state: z.enum(['active', 'paused']).meta({ description: 'A paused one answers the identity provider 503.' }),
    scimUrl: z.url().meta({ description: 'To be entered in the identity provider.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Connection' });

export type ConnectionValue = ValueOf<typeof connection>;

export function toConnectionValue({ parts }: ApiContext, found: Connection): ConnectionValue {
  return { ...found, scimUrl: `${parts.publicUrl()}/scim/v2` };
}

/** @throws AppError `not_found`, also for another organization's */
export async function findConnection(context: ApiContext, wanted: string): Promise<Connection> {
  const { store } = context.parts.directory;
  const found = await store.connections.find(store.reader, context.organizationId, wanted);
  if (found === undefined) throw new AppError('not_found', 'There is no such connection in this organization.');
  return found;
}
