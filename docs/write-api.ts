/** docs/openapi.json and docs/api.md, made from the declarations of src/api. Called by docs/generate.ts. */
import { createApiDocument, refusalsOf } from '../src/api/document.ts';
import { type Endpoint, type Example, scopesOf, tagOf, takesIdempotencyKey } from '../src/api/endpoint.ts';
import { PROBLEMS } from '../src/api/problem-catalog.ts';
import { ENDPOINTS } from '../src/api/registry.ts';
import { TAGS } from '../src/api/tags.ts';
import { HOLDER_WORDS, POLICY } from '../src/directory/policy.ts';
import { version } from '../src/version.ts';

export function writeOpenApi(): string {
  return `${JSON.stringify(createApiDocument(ENDPOINTS, { version, serverUrl: '/api/v1' }), null, 1)}\n`;
}

export function writeApi(): string {
  const sections = Object.entries(TAGS)
    .map(([tag, words]) => ({ tag, words, endpoints: ENDPOINTS.filter((each) => tagOf(each) === tag) }))
    .filter(({ endpoints }) => endpoints.length > 0)
    .map(({ tag, words, endpoints }) => [`## ${titleOf(tag)}`, words, ...endpoints.map(writeEndpoint)].join('\n\n'));
  return `${[INTRODUCTION, ...sections, writeProblems()].join('\n\n')}\n`;
}

function titleOf(tag: string): string {
  const words = tag.replaceAll('_', ' ');
  return words === 'api' ? 'The API itself' : `${words[0]?.toUpperCase()}${words.slice(1)}`;
}

function writeEndpoint(declared: Endpoint): string {
  const { method, path, summary, description } = declared;
  const parts = [
    `### ${summary}`,
    `\`${method.toUpperCase()} ${path}\`. ${writeAccess(declared)}`,
    ...(description === undefined ? [] : [description]),
    ...writeParameters(declared),
    ...writeExtras(declared),
    writeExample(declared),
  ];
  return parts.join('\n\n');
}

function writeAccess(declared: Endpoint): string {
  if (declared.action === null) return 'Open to everybody.';
  if (declared.action === 'any caller') return 'For everybody, with any key.';
  const holders = POLICY[declared.action].allowed.map((holder) => HOLDER_WORDS[holder]);
  const scopes = scopesOf(declared).map((scope) => `\`${scope}\``);
  return `For ${list(holders, 'or')}; with a key that carries ${list(scopes, 'or')}.`;
}

function list(words: readonly string[], last: string): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

interface Property {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly anyOf?: readonly Property[];
  readonly items?: Property;
  readonly format?: string;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

/** The operation as the document has it: schemas are read from there, so that both say the same. */
function operationOf({ path, method }: Endpoint) {
  return DOCUMENT.paths?.[path]?.[method];
}

const DOCUMENT = createApiDocument(ENDPOINTS, { version, serverUrl: '/api/v1' });

function writeParameters(declared: Endpoint): readonly string[] {
  const operation = operationOf(declared);
  const query = (operation?.parameters ?? []).flatMap((parameter) =>
    'in' in parameter && parameter.in === 'query'
      ? [toRow(parameter.name ?? '', parameter.schema as Property, parameter.required === true)]
      : [],
  );
  const body = (operation?.requestBody as { content?: Record<string, { schema?: ObjectSchema }> } | undefined)?.content;
  const schema = body?.['application/json']?.schema;
  const fields = Object.entries(schema?.properties ?? {}).map(([name, property]) =>
    toRow(name, property, schema?.required?.includes(name) === true),
  );
  return [
    ...(query.length === 0 ? [] : [toTable('Parameter of the query', query)]),
    ...(fields.length === 0 ? [] : [toTable('Field of the body', fields)]),
  ];
}

function toRow(name: string, property: Property, required: boolean): readonly string[] {
  const notes = [
    required ? 'Needed.' : '',
    property.description ?? '',
    property.default === undefined ? '' : `Default: \`${JSON.stringify(property.default)}\`.`,
  ];
  return [`\`${name}\``, typeOf(property), notes.filter((note) => note !== '').join(' ')];
}

function typeOf({ type, enum: values, anyOf, items, format }: Property): string {
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (type === 'array') return `list of ${items === undefined ? 'anything' : typeOf(items)}`;
  const name = Array.isArray(type) ? type.join(' or ') : String(type ?? 'object');
  return format === undefined ? name : `${name} (${format})`;
}

function toTable(heading: string, rows: readonly (readonly string[])[]): string {
  const toLine = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [toLine([heading, 'Type', 'Meaning']), toLine(['---', '---', '---']), ...rows.map(toLine)].join('\n');
}

function writeExtras(declared: Endpoint): readonly string[] {
  const { ifMatch, binaryBody, refusals = [] } = declared;
  const notes: string[] = [];
  if (binaryBody !== undefined) {
    notes.push(`The body is ${list(binaryBody.mediaTypes, 'or')}, at most ${binaryBody.maxBytes} bytes.`);
  }
  if (ifMatch === 'required') notes.push('Needs `If-Match` with the ETag of the version that the change is based on.');
  if (ifMatch === 'optional') notes.push('Takes `If-Match`.');
  if (takesIdempotencyKey(declared)) notes.push('Takes an `Idempotency-Key`.');
  if (refusals.length > 0)
    notes.push(
      `Refuses with ${list(
        refusals.map((code) => `\`${code}\``),
        'or',
      )} beside what every endpoint refuses with.`,
    );
  return notes.length === 0 ? [] : [notes.join(' ')];
}

/** `bash` blocks are run by test/api/documents.test.ts, from the top; `console` blocks are not. */
function writeExample(declared: Endpoint): string {
  const { example = {} } = declared;
  const command = toCurl(declared, example);
  if (example.notRunBecause !== undefined) {
    return `\`\`\`console\n${command}\n\`\`\`\n\n<!-- Not run by the test: ${example.notRunBecause}. -->`;
  }
  const saved = Object.entries(example.saves ?? {});
  const lines =
    saved.length === 0
      ? [command]
      : [
          `ANSWER=$(${command})`,
          ...saved.map(
            ([name, path]) => `${name}=$(jq -r ${path.includes('[') ? `'.${path}'` : `.${path}`} <<< "$ANSWER")`,
          ),
        ];
  return `\`\`\`bash\n${lines.join('\n')}\n\`\`\``;
}

function toCurl({ method, path, body, binaryBody, action }: Endpoint, example: Example): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => {
    const value = example.params?.[name] ?? name;
    return /^[A-Z_]+$/.test(value) ? `$${value}` : value;
  });
  const query = example.query === undefined ? '' : `?${example.query}`;
  const parts = [
    `curl -sS --fail-with-body${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} "$DRAWBRIDGE${filled}${query}"`,
    ...(action === null ? [] : ['-H "Authorization: Bearer $KEY"']),
    ...(example.ifMatch === undefined ? [] : [`-H "If-Match: \\"$${example.ifMatch}\\""`]),
  ];
  if (body !== undefined && example.body !== undefined) {
    parts.push(`-H 'Content-Type: application/json'`, `-d ${toData(example.body)}`);
  }
  if (binaryBody !== undefined)
    parts.push(`-H 'Content-Type: ${binaryBody.mediaTypes[0]}'`, '--data-binary @picture.png');
  if (example.savesFile !== undefined) parts.push(`-o ${example.savesFile}`);
  return parts.join(' \\\n  ');
}

/** `{NAME}` in a text stands for a shell variable that an earlier example saved. */
function toData(body: unknown): string {
  const text = JSON.stringify(body).replaceAll("'", String.raw`'\''`);
  return `'${text.replaceAll(/"\{([A-Z_]+)\}"/g, `"'"$$$1"'"`)}'`;
}

function writeProblems(): string {
  const used = new Set(ENDPOINTS.flatMap(refusalsOf));
  const rows = PROBLEMS.filter(({ code }) => used.has(code)).map(({ code, status, title, advice }) => [
    `\`${code}\``,
    String(status),
    title,
    advice,
  ]);
  const toLine = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const table = [
    toLine(['Code', 'Status', 'Title', 'What to do']),
    toLine(['---', '---', '---', '---']),
    ...rows.map(toLine),
  ];
  return `## Refusals\n\n${table.join('\n')}`;
}

const INTRODUCTION = `# The JSON API

<!-- Generated by \`npm run docs\` from src/api. Do not edit. -->

Everything below is at \`/api/v1\` of an installation. The same as an OpenAPI 3.1 document: [openapi.json](openapi.json) here,
and \`GET /api/v1/openapi.json\` at every installation, open to everybody. From nothing to a first key: [first steps](first-steps.md).

The examples are run from the top by a test, as they stand, with:

\`\`\`sh
DRAWBRIDGE=http://127.0.0.1:8080/api/v1
KEY=drawbridge_key_...
\`\`\`

\`PERSON\`, \`TEAM_OF_PERSON\`, \`GROUP\`, \`EXCHANGE\` and \`UNMANAGED_ADMIN\` are ids of what is there already; the other variables are taken from the
answers before.

| What | How |
| --- | --- |
| Credentials | \`Authorization: Bearer <key>\`, or Basic with the user \`api\` and the key as password. Scripts on our own pages use the session's cookie, and \`X-CSRF-Token\` for changes. A key belongs to one organization, and so does everything that it sees; what belongs to another is answered 404, as if it were not there. |
| Scopes | A key carries \`read\`, \`people\`, \`teams\`, \`connections\`, \`ledger\` or \`everything\`. Scopes narrow what the role of its owner allows; they never add to it. |
| Times | RFC 3339 in UTC. |
| Bodies | JSON, with \`Content-Type: application/json\`. A field or parameter that is not known is refused, not ignored. |
| Lists | Come in pages: give \`nextCursor\` of one page as \`cursor\` for the next, everything else unchanged. It is null on the last page. |
| Repeating | A POST that changes something takes an \`Idempotency-Key\` (8 to 255 visible characters, such as a UUID). Sent again with the same key, it gets the first answer (with \`Idempotency-Replayed: true\`) and does nothing twice; with the key and another body it is refused (422); while the first is at work, too (409). Refusals are not kept. |
| Overwriting | What has a version comes with an \`ETag\`. A change that needs \`If-Match\` is refused without it (428) and when somebody else was faster (412). \`If-None-Match\` on reading: 304 when nothing has changed. |
| Rates | \`RateLimit\` and \`RateLimit-Policy\` tell what is left in this minute; past it 429 with \`Retry-After\` in seconds. |
| Refusals | \`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`, \`requestId\`, and \`errors\` with a JSON pointer for each field at fault. The address in \`type\` says what to do. |
| Exports | Come as JSON lines or CSV, by \`?format=\` or \`Accept\`. |
| On record | Every change stands in the change log under the name of the key's owner; of a service account that names a person in \`X-WANDB-USERNAME\` or \`X-WANDB-USER-EMAIL\`, as done for that person. |`;
