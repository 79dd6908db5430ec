/**
 * The filter language (RFC 7644 section 3.4.2.2): text to a tree whose attributes are the schema's and whose values fit
 * them. Recursive descent over tokens that were cut once, so the time is linear in the text.
 *
 * Owns: the grammar and its limits. Does not own: names (resolve-attribute.ts), literals (filter-value.ts), what a
 * filter means (match-filter.ts, store/filter-sql.ts). Called by scim/ for lists and PATCH paths, and by mapping/.
 */
import { AppError } from '../errors.ts';
import type { ResourceSchema } from './attribute.ts';
import type { AttributeRef, Comparison, Filter } from './filter.ts';
import { invalidFilter, shown, type Token, toTokens } from './filter-tokens.ts';
import { toFilterValue, type ValueOptions, writtenName } from './filter-value.ts';
import { type ResolvedAttribute, resolvePath, toAttributeRef, withDefaultSub } from './resolve-attribute.ts';

export interface FilterOptions extends ValueOptions {
  /** Characters; default 4096. */
  readonly maxLength?: number | undefined;
  /** Brackets within brackets; default 20. */
  readonly maxDepth?: number | undefined;
  /** Comparisons and the operators that join them; default 200. */
  readonly maxNodes?: number | undefined;
}

/** @throws AppError `invalid_filter` that says what is wrong, and where */
export function parseFilter(text: string, schema: ResourceSchema, options: FilterOptions = {}): Filter {
  return parseWhole(text, { resolve: (name) => resolvePath(name, schema), subject: schema.core.name }, options);
}

/**
 * What stands between the brackets of `emails[type eq "work"]`; the references of the tree carry `name` and `sub`.
 * @throws AppError `invalid_filter`
 */
export function parseElementFilter(text: string, list: ResolvedAttribute, options: FilterOptions = {}): Filter {
  return parseWhole(text, elementScope(list), options);
}

/** Where names are looked up: in a schema, or among the sub-attributes of a list. */
interface Scope {
  readonly resolve: (name: string) => ResolvedAttribute | undefined;
  /** For messages: `User`, `emails`. */
  readonly subject: string;
  readonly inElement?: boolean;
}

interface Parser {
  readonly tokens: readonly Token[];
  readonly options: FilterOptions;
  next: number;
  depth: number;
  nodes: number;
}

function parseWhole(text: string, scope: Scope, options: FilterOptions): Filter {
  const { maxLength = 4096 } = options;
  if (text.length > maxLength) {
    throw new AppError('invalid_filter', `The filter has ${text.length} characters; ${maxLength} are allowed.`);
  }
  const parser: Parser = { tokens: toTokens(text), options, next: 0, depth: 0, nodes: 0 };
  const filter = parseOr(parser, scope);
  const rest = peek(parser);
  if (rest.kind !== 'end') throw invalidFilter(`${shown(rest.text)} where and, or or the end is due`, rest.at);
  return filter;
}

function peek({ tokens, next }: Parser): Token {
  return tokens[next] ?? { kind: 'end', text: '', at: 0, spaced: true };
}

function take(parser: Parser): Token {
  const token = peek(parser);
  parser.next += 1;
  return token;
}

function isKeyword(token: Token, keyword: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === keyword;
}

function parseOr(parser: Parser, scope: Scope): Filter {
  return parseJoined(parser, 'or', () => parseJoined(parser, 'and', () => parseTerm(parser, scope)));
}

function parseJoined(parser: Parser, kind: 'and' | 'or', parsePart: () => Filter): Filter {
  const first = parsePart();
  if (!isKeyword(peek(parser), kind)) return first;
  countNode(parser);
  const filters = [first];
  while (isKeyword(peek(parser), kind)) {
    take(parser);
    filters.push(parsePart());
  }
  return { kind, filters };
}

function parseTerm(parser: Parser, scope: Scope): Filter {
  const token = peek(parser);
  if (token.kind === '(') return parseBracketed(parser, scope, ')');
  const opens = parser.tokens[parser.next + 1]?.kind === '(';
  if (isKeyword(token, 'not') && opens) {
    take(parser);
    countNode(parser);
    return { kind: 'not', filter: parseBracketed(parser, scope, ')') };
  }
  if (token.kind !== 'word') {
    throw invalidFilter(
      token.kind === 'end' ? 'it ends where an attribute is due' : `${shown(token.text)} where an attribute is due`,
      token.at,
    );
  }
  return parseAttributeTerm(parser, scope);
}

function parseBracketed(parser: Parser, scope: Scope, closing: ')' | ']'): Filter {
  const opening = take(parser);
  const { maxDepth = 20 } = parser.options;
  parser.depth += 1;
  if (parser.depth > maxDepth) throw invalidFilter(`brackets stand more than ${maxDepth} deep`, opening.at);
  const filter = parseOr(parser, scope);
  const end = take(parser);
  if (end.kind !== closing) throw invalidFilter(`a ${opening.kind} without its ${closing}`, opening.at);
  parser.depth -= 1;
  return filter;
}

function parseAttributeTerm(parser: Parser, scope: Scope): Filter {
  const name = take(parser);
  const resolved = scope.resolve(name.text);
  if (resolved === undefined) {
    throw invalidFilter(`${scope.subject} has no attribute ${shown(name.text)}`, name.at);
  }
  checkFilterable(toAttributeRef(resolved), name);
  countNode(parser);
  if (peek(parser).kind === '[') return parseElements(parser, scope, resolved);
  return parseComparison(parser, resolved);
}

/** `emails[...]`, and `emails[...].value eq "x"`, which is one element that fulfils both. */
function parseElements(parser: Parser, scope: Scope, list: ResolvedAttribute): Filter {
  const attribute = toAttributeRef(list);
  if (!attribute.multiValued || attribute.type !== 'complex' || scope.inElement === true) {
    throw invalidFilter(`${writtenName(attribute)} takes no filter in brackets`, peek(parser).at);
  }
  const element = elementScope(list);
  const filter = parseBracketed(parser, element, ']');
  const after = peek(parser);
  if (after.kind !== 'word' || after.spaced) return { kind: 'element', attribute, filter };
  take(parser);
  const resolved = after.text.startsWith('.') ? element.resolve(after.text.slice(1)) : undefined;
  if (resolved === undefined)
    throw invalidFilter(`${shown(after.text)} is no sub-attribute of ${attribute.name}`, after.at);
  checkFilterable(toAttributeRef(resolved), after);
  countNode(parser);
  return { kind: 'element', attribute, filter: { kind: 'and', filters: [filter, parseComparison(parser, resolved)] } };
}

function elementScope({ extension, attribute }: ResolvedAttribute): Scope {
  return {
    resolve: (name) => {
      const sub = attribute.subAttributes.get(name.toLowerCase());
      return sub === undefined ? undefined : { ...(extension === undefined ? {} : { extension }), attribute, sub };
    },
    subject: attribute.name,
    inElement: true,
  };
}

function parseComparison(parser: Parser, resolved: ResolvedAttribute): Filter {
  const operator = take(parser);
  if (isKeyword(operator, 'pr')) return { kind: 'present', attribute: toAttributeRef(resolved) };
  const op = operator.kind === 'word' ? toComparison(operator.text) : undefined;
  const name = writtenName(toAttributeRef(resolved));
  if (op === undefined)
    throw invalidFilter(`an operator is due after ${name}, not ${shown(operator.text)}`, operator.at);
  const comparable = withDefaultSub(resolved);
  if (comparable === undefined) throw invalidFilter(`${name} is complex; name one of its sub-attributes`, operator.at);
  const value = take(parser);
  if ((value.kind !== 'word' && value.kind !== 'string') || !value.spaced) {
    throw invalidFilter(`a value is due after ${name} ${op}`, value.at);
  }
  const next = peek(parser);
  if (!next.spaced && next.kind !== ')' && next.kind !== ']') {
    throw invalidFilter(`${shown(next.text)} directly after the value of ${name}`, next.at);
  }
  const attribute = toAttributeRef(comparable);
  return { kind: 'compare', attribute, op, value: toFilterValue(value, attribute, op, parser.options) };
}

const COMPARISONS: readonly string[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] satisfies Comparison[];

function toComparison(text: string): Comparison | undefined {
  const op = text.toLowerCase();
  return COMPARISONS.includes(op) ? (op as Comparison) : undefined;
}

/** Never stored, or put together for each answer. */
const NOT_FILTERABLE: readonly string[] = ['password', 'meta.location', 'meta.version', 'groups.$ref', 'members.$ref'];

function checkFilterable(attribute: AttributeRef, token: Token): void {
  const name = writtenName(attribute);
  if (NOT_FILTERABLE.includes(name)) throw invalidFilter(`the attribute ${name} cannot be filtered`, token.at);
}

function countNode(parser: Parser): void {
  const { maxNodes = 200 } = parser.options;
  parser.nodes += 1;
  if (parser.nodes > maxNodes) throw invalidFilter(`it has more than ${maxNodes} conditions`, peek(parser).at);
}
