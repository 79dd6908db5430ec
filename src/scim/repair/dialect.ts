/**
 * Which repairs each dialect makes, in order. To add an identity provider: add its name to DIALECTS
 * (directory/connections/connection.ts) and a list here; a shape that nobody sent before is a new file beside these.
 *
 * The order matters within one kind of place only (repairer.ts): forms first (lists, URNs), then types, and what is
 * still unknown last.
 */
import type { Dialect } from '../../directory/connections/connection.ts';
import { emptyText } from './empty-text.ts';
import { enterpriseAttribute } from './enterprise-attribute.ts';
import { roleDisplayName, roleJson } from './entra-role.ts';
import { expandedKey, valuePathKey } from './expanded-key.ts';
import { bareElement, missingArray, singleElementArray } from './list-form.ts';
import { managerValue } from './manager-value.ts';
import { messageKey } from './message-key.ts';
import { messageSchemas } from './message-schemas.ts';
import { namedValue } from './named-value.ts';
import { nullElement, nullId } from './null-value.ts';
import { operationCase } from './operation-case.ts';
import { operationKey } from './operation-key.ts';
import { operationsList } from './operations-list.ts';
import { emptyPath, pathForm } from './path-form.ts';
import { referenceValue } from './reference-value.ts';
import { type Repairer, type RepairPlan, toRepairPlan } from './repairer.ts';
import { resourceSchemas } from './resource-schemas.ts';
import { secondPrimary } from './second-primary.ts';
import { stringBoolean } from './string-boolean.ts';
import { textValue } from './text-value.ts';
import { unknownAttribute } from './unknown-attribute.ts';
import { wrappedValue } from './wrapped-value.ts';

const ENVELOPE: readonly Repairer[] = [operationsList, messageSchemas, messageKey];
const OPERATIONS: readonly Repairer[] = [operationKey, operationCase, emptyPath, namedValue];
const NAMES: readonly Repairer[] = [pathForm, enterpriseAttribute, expandedKey, valuePathKey];
const VALUES: readonly Repairer[] = [
  managerValue,
  emptyText,
  missingArray,
  wrappedValue,
  singleElementArray,
  bareElement,
  referenceValue,
  stringBoolean,
  textValue,
];
const REST: readonly Repairer[] = [unknownAttribute, nullElement, secondPrimary, nullId, resourceSchemas];

const GENERIC: readonly Repairer[] = [...ENVELOPE, ...OPERATIONS, ...NAMES, ...VALUES, ...REST];

export const DIALECT_REPAIRS: Readonly<Record<Dialect, readonly Repairer[]>> = Object.freeze({
  generic: GENERIC,
  // Okta's oddities (password, groups, id and meta in a PUT) are the RFC's to ignore; the parser does.
  okta: GENERIC,
  entra: [roleDisplayName, roleJson, ...GENERIC],
  strict: [],
});

const PLANS: Readonly<Record<Dialect, RepairPlan>> = Object.freeze({
  generic: toRepairPlan(DIALECT_REPAIRS.generic),
  okta: toRepairPlan(DIALECT_REPAIRS.okta),
  entra: toRepairPlan(DIALECT_REPAIRS.entra),
  strict: toRepairPlan(DIALECT_REPAIRS.strict),
});

export function repairPlan(dialect: Dialect): RepairPlan {
  return PLANS[dialect];
}
