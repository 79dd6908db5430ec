/** What /Schemas declares, read from the running server, with values to try for each attribute. */
import type { ScimClient } from '../../support/scim-client.ts';
import { ENTERPRISE, USER } from '../../support/scim-client.ts';

export interface DeclaredAttribute {
  readonly name: string;
  readonly type: string;
  readonly multiValued: boolean;
  readonly mutability: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly subAttributes?: readonly DeclaredAttribute[];
}

/** A writable attribute of User or of its enterprise extension. */
export interface Declared {
  readonly attribute: DeclaredAttribute;
  /** The extension's URN; absent for the core. */
  readonly extension?: string;
  /** As in a filter or a path: `title`, `urn:...:User:department`. */
  readonly path: string;
}

export type Value = unknown;

export async function declaredAttributes(client: ScimClient): Promise<readonly Declared[]> {
  const { body } = await client.get('/Schemas');
  const schemas = body.Resources as readonly { id: string; attributes: readonly DeclaredAttribute[] }[];
  return schemas
    .filter(({ id }) => id === USER || id === ENTERPRISE)
    .flatMap(({ id, attributes }) =>
      attributes
        .filter(({ mutability }) => mutability === 'readWrite')
        .map((attribute) =>
          id === USER
            ? { attribute, path: attribute.name }
            : { attribute, extension: id, path: `${id}:${attribute.name}` },
        ),
    );
}

export function parts({ attribute }: Declared): readonly DeclaredAttribute[] {
  return (attribute.subAttributes ?? []).filter(({ mutability }) => mutability !== 'readOnly');
}

function simple({ type, name }: DeclaredAttribute, serial: number): Value {
  if (type === 'boolean') return serial % 2 === 0;
  if (type === 'reference') return `https://reference.example/${serial}`;
  return type === 'binary' ? Buffer.from(`x${serial}`).toString('base64') : `${name}-${serial}`;
}

/** A value that fits the attribute; another for each serial number. */
export function sample(declared: Declared, serial: number): Value {
  const { attribute } = declared;
  if (attribute.type !== 'complex') return simple(attribute, serial);
  const object = Object.fromEntries(parts(declared).map((part) => [part.name, simple(part, serial)]));
  return attribute.multiValued ? [object] : object;
}

/** What a resource has for the attribute. */
export function held(resource: Record<string, Value>, { attribute, extension }: Declared): Value {
  if (extension === undefined) return resource[attribute.name];
  return (resource[extension] as Record<string, Value> | undefined)?.[attribute.name];
}

/** The members of a resource that set the attribute to a value. */
export function setting({ attribute, extension }: Declared, value: Value): Record<string, Value> {
  return extension === undefined ? { [attribute.name]: value } : { [extension]: { [attribute.name]: value } };
}
