/** One mapping rule as the API takes and shows it: of a connection, or for groups of sign-ins. */
import { z } from 'zod';
import { RULES_MAX, ruleInput } from '../../mapping/rule.ts';

export const rulesInput = z.strictObject({ rules: z.array(ruleInput).max(RULES_MAX) });

export const rules = z.array(ruleInput.required({ id: true }).meta({ id: 'MappingRule' }));
