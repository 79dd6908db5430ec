/** How the ledger's entries and removals look on the wire. Times are ISO 8601 in the views already. */
import { z } from 'zod';
import { LEDGER_KINDS } from '../../ledger/kind.ts';
import { id } from '../fields.ts';

export const time = z.iso.datetime().meta({ example: '2026-11-25T10:30:00.000Z' });

export const SCOPES = ['organization', 'team'] as const;
export const REMOVAL_STATES = ['left', 'returned', 'returned_as_another'] as const;

const inventory = z
  .object({
    state: z.enum(['not_configured', 'waiting', 'taken', 'partial', 'failed']),
    at: time.nullable(),
    reason: z.string().nullable().meta({ description: 'Why it failed, or what of it did.' }),
    runs: z.int().nullable(),
    projects: z.int().nullable(),
    firstRunAt: time.nullable(),
    lastRunAt: time.nullable(),
  })
  .meta({ id: 'InventoryState' });

export const removal = z
  .object({
    id: id.meta({ description: 'Id of the entry that opened it.' }),
    state: z.enum(REMOVAL_STATES),
    closedAt: time.nullable(),
    successorId: id.nullable().meta({ description: 'The user that the person came back as.' }),
    inventory,
    verification: z.object({
      state: z.enum(['complete', 'missing', 'failed']).nullable(),
      at: time.nullable(),
      missing: z.int().meta({ description: 'Runs that were to be kept and are not there any more.' }),
    }),
    hold: z.boolean().meta({ description: 'A legal hold stands.' }),
    keepUntil: time.nullable().meta({ description: 'Null: for ever.' }),
    handover: z.object({
      state: z.enum(['recorded', 'carried_out', 'partial', 'undoing', 'undone']).nullable(),
      heir: z.object({ kind: z.enum(['user', 'team']), id }).nullable(),
    }),
    erasedAt: time.nullable(),
  })
  .meta({ id: 'Removal' });

const by = z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() });

const facts = {
  position: z.int().meta({ description: 'In the chain, from 1.' }),
  id,
  kind: z.enum(LEDGER_KINDS),
  scope: z.enum(SCOPES),
  team: z.string().nullable(),
  at: time,
  cause: z.string().meta({ example: 'deactivated' }),
  reason: z.string().nullable(),
  by,
  exchange: z.string().nullable().meta({ description: 'What an identity provider sent that caused it.' }),
  hash: z.string(),
};

export const ledgerLine = z
  .object({
    ...facts,
    userId: z.string(),
    user: z.string().meta({ description: 'userName of that time, or the pseudonym of an erased person.' }),
    name: z.string(),
    email: z.string().nullable(),
    removal: removal.meta({ description: 'What the removal that it belongs to has come to.' }),
  })
  .meta({ id: 'LedgerEntry' });

export const recordedProject = z
  .object({
    team: z.string().nullable(),
    project: z.string(),
    runs: z.int(),
    firstRunAt: time.nullable(),
    lastRunAt: time.nullable(),
    digest: z.string().nullable().meta({ description: 'SHA-256 of the sorted run ids, joined by line feeds.' }),
    fingerprints: z.string().nullable(),
  })
  .meta({ id: 'RecordedProject' });

export const removalStory = ledgerLine
  .extend({
    held: z
      .object({
        organizationRole: z.string(),
        teams: z.array(z.object({ id: z.string(), name: z.string(), role: z.string() })),
      })
      .nullable(),
    projects: z.array(recordedProject).meta({ description: 'What the inventory found.' }),
    story: z
      .array(z.object({ ...facts, details: z.looseObject({}) }))
      .meta({ description: 'Everything that happened, oldest first.' }),
  })
  .meta({ id: 'RemovalStory' });

/** One row of the export: docs/ledger.md tells how to check it. */
export const exportRow = z
  .object({
    ...{ position: z.int(), at: time, kind: z.enum(LEDGER_KINDS), scope: z.enum(SCOPES), team: z.string().nullable() },
    ...{
      userId: z.string(),
      userName: z.string().nullable(),
      name: z.string().nullable(),
      email: z.string().nullable(),
    },
    ...{ cause: z.string(), reason: z.string().nullable(), by: z.string() },
    ...{ runs: z.int().nullable(), missing: z.int().nullable(), removal: z.string(), exchange: z.string().nullable() },
    ...{ id: z.string(), previousHash: z.string(), hash: z.string() },
    ...{ content: z.looseObject({}), actor: z.looseObject({}), personal: z.looseObject({}).nullable() },
    kept: z
      .array(z.object({ fingerprints: z.string().nullable(), runIds: z.string().nullable() }))
      .nullable()
      .meta({ description: 'Beside an inventory: fingerprints (and ids) of its runs, project by project.' }),
  })
  .meta({ id: 'LedgerRow' });
