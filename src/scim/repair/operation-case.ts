/** `"op": "Replace"`: Entra without its compatibility flag. RFC 7644 section 3.5.2 has lower case only. */
import { shown } from './repair-log.ts';
import type { Repairer } from './repairer.ts';

const OPS: ReadonlySet<string> = new Set(['add', 'replace', 'remove']);

export const operationCase: Repairer = {
  codes: ['operation-case'],
  operation(operation, { log }) {
    const { op } = operation;
    if (typeof op !== 'string' || OPS.has(op)) return operation;
    const lower = op.trim().toLowerCase();
    if (!OPS.has(lower)) return operation;
    log.note('operation-case', `"${shown(op)}" was read as "${lower}".`, 'op');
    return { ...operation, op: lower };
  },
};
