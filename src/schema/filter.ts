/**
 * A filter after parsing: attributes resolved against the schema, values typed. RFC 7644 section 3.4.2.2.
 * Made by parseFilter (parse-filter.ts); read by the store (filter -> SQL) and by mapping rules (matchFilter).
 */
import type { AttributeType } from './attribute.ts';

/** Which attribute, resolved: canonical spelling, never client text. */
export interface AttributeRef {
  /** URN of the extension that it belongs to; absent for core and common attributes. */
  readonly extension?: string;
  /** Top-level attribute, canonical case: `userName`, `emails`, `meta`. Inside an element filter: the multi-valued attribute again. */
  readonly name: string;
  /** Sub-attribute, canonical case: `value` of `emails`, `familyName` of `name`. */
  readonly sub?: string;
  /** Whether `name` is multi-valued: the comparison holds if it holds for one element. */
  readonly multiValued: boolean;
  /** Type of what is compared (of the sub-attribute, when there is one). */
  readonly type: AttributeType;
  readonly caseExact: boolean;
}

export type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

export type FilterValue = string | number | boolean | null;

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'compare'; readonly attribute: AttributeRef; readonly op: Comparison; readonly value: FilterValue }
  | { readonly kind: 'present'; readonly attribute: AttributeRef }
  /** `emails[type eq "work" and value co "@x"]`: one element fulfils the whole inner filter (whose refs carry `sub`). */
  | { readonly kind: 'element'; readonly attribute: AttributeRef; readonly filter: Filter };

export interface SortOrder {
  readonly attribute: AttributeRef;
  readonly descending: boolean;
}

/** How many single conditions a filter has. */
export function countTerms(filter: Filter): number {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.reduce((sum, part) => sum + countTerms(part), 0);
    case 'not':
    case 'element':
      return countTerms(filter.filter);
    default:
      return 1;
  }
}
