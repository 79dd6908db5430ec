/** The ledger's verbs: list, verify, export. */

import { findOrganization } from '../directory/organizations.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import type { LedgerEntry } from '../ledger/entry.ts';
import type { LedgerLine, LedgerServices } from './services.ts';

function personal(entry: LedgerEntry): { readonly userName: string; readonly name: string } {
  return JSON.parse(entry.personal);
}

/** Whoever is gone is known to the ledger only: by id, user name or e-mail address of that time. */
function isAbout(entry: LedgerEntry, text: string): boolean {
  const { userName, email } = JSON.parse(entry.personal) as { userName: string; email: string | null };
  const wanted = text.toLowerCase();
  return entry.userId === text || userName.toLowerCase() === wanted || email?.toLowerCase() === wanted;
}

function toLine(entry: LedgerEntry): LedgerLine {
  const { team } = JSON.parse(entry.content) as { team: { name: string } | null };
  const { position, id, kind, scope, at, hash } = entry;
  return { position, id, kind, scope, team: team?.name ?? null, user: personal(entry).userName, at, hash };
}

function csvCell(value: unknown): string {
  const text = String(value ?? '');
  // A leading sign would be run as a formula by a spreadsheet.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const CSV_COLUMNS = ['position', 'id', 'kind', 'scope', 'team', 'user', 'at', 'hash'] as const;

export function createLedgerServices(directory: DirectoryParts): LedgerServices {
  const { ledger, store } = directory;
  return {
    async list(organizationName, { limit, user }) {
      const organization = await findOrganization(directory, organizationName);
      const newest: LedgerEntry[] = [];
      for await (const entry of ledger.entries(store.reader, organization.id)) {
        if (user !== undefined && !isAbout(entry, user)) continue;
        newest.push(entry);
        if (newest.length > limit) newest.shift();
      }
      return newest.toReversed().map(toLine);
    },
    async verify(organizationName) {
      const organization = await findOrganization(directory, organizationName);
      const check = await ledger.verify(store.reader, organization.id);
      const { firstBreak, checked, hash } = check;
      return {
        organization: organization.name,
        entries: checked,
        head: checked === 0 ? null : hash,
        firstBreak: firstBreak === null ? null : { position: firstBreak.position, reason: firstBreak.reason },
      };
    },
    async *export(organizationName, format) {
      const organization = await findOrganization(directory, organizationName);
      if (format === 'csv') yield `${CSV_COLUMNS.join(',')}\n`;
      for await (const entry of ledger.entries(store.reader, organization.id)) {
        if (format === 'csv') {
          const line = { ...toLine(entry), at: new Date(entry.at).toISOString() };
          yield `${CSV_COLUMNS.map((column) => csvCell(line[column])).join(',')}\n`;
        } else {
          const { position, previousHash, hash, content } = entry;
          const document = {
            position,
            previousHash,
            hash,
            content: JSON.parse(content),
            personal: JSON.parse(entry.personal),
          };
          yield `${JSON.stringify(document)}\n`;
        }
      }
    },
  };
}
