/** What is wanted of a person at W&B, and where what is there differs. */
import type { JsonObject } from '../../schema/json.ts';
import type { FieldDifference } from '../contract.ts';
import type { WantedUser } from '../wanted.ts';
import type { WandbSettings } from './settings.ts';
import { readUser, type WandbUser } from './user-shape.ts';

/** In the order in which they are sent: nothing can be changed of somebody inactive, and a role may need its seat. */
const ORDER = ['active', 'email', 'displayName', 'modelsSeat', 'weaveRole', 'organizationRole'] as const;
type Field = (typeof ORDER)[number];

/** Of an inactive person nothing but that is wanted: the rest waits until they are back. */
export function toUserFields({ active, email, displayName, role }: WantedUser, settings: WandbSettings): JsonObject {
  if (!active) return { active };
  const { models, weave } = settings.seats[role];
  return {
    ...{ active, email, displayName },
    ...(settings.manageSeats ? { modelsSeat: models, weaveRole: weave } : {}),
    // `viewer` is deprecated there and sets every team and project role: a viewer is a member with viewer seats.
    organizationRole: role === 'admin' ? 'admin' : 'member',
  };
}

export function compareUser(wanted: JsonObject, there: JsonObject): readonly FieldDifference[] {
  return differencesOf(wanted, readUser(there));
}

export function differencesOf(wanted: JsonObject, there: WandbUser): readonly FieldDifference[] {
  return ORDER.filter((field) => field in wanted && !isSame(field, wanted, there)).map((field) => ({
    field,
    wanted: wanted[field] ?? null,
    there: there[field],
  }));
}

function isSame(field: Field, fields: JsonObject, there: WandbUser): boolean {
  const wanted = fields[field];
  const found = there[field];
  switch (field) {
    case 'email':
      return wanted === null || String(wanted).toLowerCase() === found?.toString().toLowerCase();
    case 'modelsSeat':
    case 'weaveRole':
      // A server that tells no seats has none to set.
      return found === null || wanted === found;
    case 'organizationRole':
      return wanted === found || (wanted === 'member' && found === 'viewer' && fields.modelsSeat === 'viewer');
    default:
      return wanted === found;
  }
}

/** One operation, in the form that W&B documents for this field. */
export function toOperation({ field, wanted }: FieldDifference): JsonObject {
  // Without a path: https://docs.wandb.ai (SCIM, "Deactivate user").
  if (field === 'active') return { op: 'replace', value: { active: wanted } };
  if (field === 'email') return { op: 'replace', path: 'emails', value: [{ value: wanted, primary: true }] };
  return { op: 'replace', path: field, value: wanted };
}
