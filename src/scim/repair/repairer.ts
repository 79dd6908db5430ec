/**
 * What a repair is: a handful of pure functions, each for one kind of place in a request. A dialect is an ordered list
 * of repairs (dialect.ts); the walk (walk-*.ts) calls the functions of that list wherever their kind of place occurs.
 * A function gives back what it was given, the same reference, when it has nothing to repair.
 */
import type { Attribute, ResourceSchema, SchemaDefinition } from '../../schema/attribute.ts';
import type { PathParts } from './attribute-path.ts';
import type { RawObject } from './raw-object.ts';
import type { RawRequest } from './raw-request.ts';
import type { RepairCode } from './repair-catalog.ts';
import type { RepairLog } from './repair-log.ts';

/** Where the walk is: the resource type, the kind of request and, in a PATCH, the operation. */
export interface Scene {
  /** Null in an envelope that names no resource type of ours (Bulk, a search over everything). */
  readonly schema: ResourceSchema | null;
  readonly kind: RawRequest['kind'];
  /** Null outside of a PATCH operation, and in one whose `op` is unknown. */
  readonly op: 'add' | 'replace' | 'remove' | null;
  readonly log: RepairLog;
}

/** A scene in a resource of a known type. */
export interface ResourceScene extends Scene {
  readonly schema: ResourceSchema;
}

/** What becomes of a key that is no attribute of the object that it stands in. */
export type KeyTarget =
  | { readonly kind: 'drop' }
  /** The value belongs below these names, canonical: `['name', 'givenName']`. */
  | { readonly kind: 'place'; readonly names: readonly string[] }
  /** PATCH only: the value belongs into an operation of its own with this path. */
  | { readonly kind: 'operation'; readonly path: string };

export interface Repairer {
  /** The codes that it may note, for the catalog. */
  readonly codes: readonly RepairCode[];
  /** The envelope of a PATCH, Bulk or search request. */
  readonly message?: (message: RawObject, scene: Scene) => RawObject;
  /** One entry of a PATCH request's Operations. */
  readonly operation?: (operation: RawObject, scene: Scene) => RawObject;
  /** The `path` of an operation. Null: the operation is left out. */
  readonly path?: (path: string, scene: ResourceScene) => string | null;
  /** A key that is unknown in a resource or in an extension object. Undefined: not mine. */
  readonly key?: (
    key: string,
    parts: PathParts | null,
    container: SchemaDefinition,
    scene: ResourceScene,
  ) => KeyTarget | undefined;
  /** A whole resource of POST or PUT, after everything inside it. */
  readonly resource?: (resource: RawObject, scene: ResourceScene) => RawObject;
  /** The value of a multi-valued attribute, before its elements. */
  readonly list?: (value: unknown, attribute: Attribute, scene: ResourceScene) => unknown;
  /** One element of a multi-valued attribute, before its sub-attributes. */
  readonly element?: (element: unknown, attribute: Attribute, scene: ResourceScene) => unknown;
  /** The elements of a multi-valued attribute, after each was repaired. */
  readonly elements?: (elements: readonly unknown[], attribute: Attribute, scene: ResourceScene) => readonly unknown[];
  /** The value of a complex attribute that is not multi-valued. */
  readonly complex?: (value: unknown, attribute: Attribute, scene: ResourceScene) => unknown;
  /** The object of a complex attribute or of an element, before its sub-attributes' values. */
  readonly object?: (object: RawObject, attribute: Attribute, scene: ResourceScene) => RawObject;
  /** The same object, after its sub-attributes' values were repaired. */
  readonly completed?: (object: RawObject, attribute: Attribute, scene: ResourceScene) => RawObject;
  /** What stands at an extension's URN, where it is no object. */
  readonly extension?: (value: unknown, extension: SchemaDefinition, scene: ResourceScene) => unknown;
  /** The value of an attribute or sub-attribute that is neither complex nor multi-valued. */
  readonly scalar?: (value: unknown, attribute: Attribute, scene: ResourceScene) => unknown;
}

/** The functions of a dialect's repairs by kind of place, in the order of the list. */
export type RepairPlan = {
  readonly [Place in Exclude<keyof Repairer, 'codes'>]-?: readonly NonNullable<Repairer[Place]>[];
};

export function toRepairPlan(repairers: readonly Repairer[]): RepairPlan {
  return Object.freeze({
    message: repairers.flatMap((repairer) => repairer.message ?? []),
    operation: repairers.flatMap((repairer) => repairer.operation ?? []),
    path: repairers.flatMap((repairer) => repairer.path ?? []),
    key: repairers.flatMap((repairer) => repairer.key ?? []),
    resource: repairers.flatMap((repairer) => repairer.resource ?? []),
    list: repairers.flatMap((repairer) => repairer.list ?? []),
    element: repairers.flatMap((repairer) => repairer.element ?? []),
    elements: repairers.flatMap((repairer) => repairer.elements ?? []),
    complex: repairers.flatMap((repairer) => repairer.complex ?? []),
    object: repairers.flatMap((repairer) => repairer.object ?? []),
    completed: repairers.flatMap((repairer) => repairer.completed ?? []),
    extension: repairers.flatMap((repairer) => repairer.extension ?? []),
    scalar: repairers.flatMap((repairer) => repairer.scalar ?? []),
  });
}
