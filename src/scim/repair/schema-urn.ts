/**
 * Schema URNs as they are sent, and what they stand for. A URN contains dots and colons itself (`...:2.0:User`), so it
 * is always split at the longest one that is known.
 */
import {
  ENTERPRISE_SCHEMA,
  GROUP_SCHEMA,
  groupSchema,
  type ResourceSchema,
  type SchemaDefinition,
  USER_SCHEMA,
  userSchema,
} from '../../schema/attribute.ts';

/** Other spellings in use, lower-case, and the schema that is meant. */
const ALIASES: readonly (readonly [spelling: string, urn: string])[] = [
  // Entra's documentation leaves out the last colon.
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0user', ENTERPRISE_SCHEMA],
  // SCIM 1.x, from OneLogin's templates: one core schema for every resource type.
  ['urn:scim:schemas:extension:enterprise:1.0:user', ENTERPRISE_SCHEMA],
  ['urn:scim:schemas:extension:enterprise:1.0', ENTERPRISE_SCHEMA],
  ['urn:scim:schemas:core:1.0:user', USER_SCHEMA],
  ['urn:scim:schemas:core:1.0:group', GROUP_SCHEMA],
  ['urn:scim:schemas:core:1.0', USER_SCHEMA],
  ['urn:scim:schemas:core:1.0', GROUP_SCHEMA],
];

interface KnownUrn {
  readonly spelling: string;
  readonly definition: SchemaDefinition;
}

/** Longest first. */
function toKnownUrns(schema: ResourceSchema): readonly KnownUrn[] {
  const definitions = [schema.core, ...schema.extensions];
  const own = definitions.map((definition) => ({ spelling: definition.id.toLowerCase(), definition }));
  const aliases = ALIASES.flatMap(([spelling, urn]) =>
    definitions.filter(({ id }) => id === urn).map((definition) => ({ spelling, definition })),
  );
  return [...own, ...aliases].sort((a, b) => b.spelling.length - a.spelling.length);
}

const KNOWN_URNS = { User: toKnownUrns(userSchema), Group: toKnownUrns(groupSchema) } as const;

export interface UrnMatch {
  readonly definition: SchemaDefinition;
  /** What follows the URN, without the separator; empty when nothing does. */
  readonly rest: string;
  /** Whether it was written as RFC 7644 section 3.10 has it: this schema's own URN, then a colon. Case does not count. */
  readonly regular: boolean;
}

/** Finds the schema whose URN begins the text; null when no known one does. */
export function matchUrn(text: string, schema: ResourceSchema): UrnMatch | null {
  if (!/^urn:/i.test(text)) return null;
  const lower = text.slice(0, 100).toLowerCase();
  for (const { spelling, definition } of KNOWN_URNS[schema.resourceType]) {
    if (!lower.startsWith(spelling)) continue;
    const separator = text[spelling.length];
    if (separator !== undefined && separator !== ':' && separator !== '.') continue;
    return {
      definition,
      rest: text.slice(spelling.length + 1),
      regular: spelling === definition.id.toLowerCase() && separator !== '.',
    };
  }
  return null;
}
