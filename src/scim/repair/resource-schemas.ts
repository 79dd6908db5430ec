/**
 * `schemas` of a resource: left out (authentik), with URNs that we do not have (Entra's group marker of 2006/11, its
 * mis-spelt enterprise URN, custom extensions), with SCIM 1.x URNs (OneLogin), without the extension that is used, or as
 * the path of an operation, to announce an extension before its attributes are set.
 */
import { findKey, type RawObject } from './raw-object.ts';
import { shown } from './repair-log.ts';
import type { Repairer, ResourceScene } from './repairer.ts';
import { matchUrn } from './schema-urn.ts';

/** The known URN that is meant, or null. The mis-spelt enterprise URN is dropped: extensions follow from the data. */
function toKnownUrn(urn: string, { schema }: ResourceScene): string | null {
  const match = matchUrn(urn, schema);
  if (match === null || match.rest !== '') return null;
  return match.regular || match.definition === schema.core ? match.definition.id : null;
}

function repairUrns(sent: readonly unknown[], scene: ResourceScene): unknown[] {
  const urns: unknown[] = [];
  for (const urn of sent) {
    const known = typeof urn === 'string' ? toKnownUrn(urn, scene) : urn;
    if (known === null) {
      scene.log.note('unknown-schema', `"${shown(String(urn))}" is no schema here and was left out.`, 'schemas');
      continue;
    }
    if (known !== urn) scene.log.note('schema-urn', `"${shown(String(urn))}" was read as "${known}".`, 'schemas');
    if (known === urn || !urns.includes(known)) urns.push(known);
  }
  return urns;
}

function toList(sent: unknown): readonly unknown[] | null {
  if (sent === undefined || sent === null) return [];
  if (typeof sent === 'string') return sent === '' ? [] : [sent];
  return Array.isArray(sent) ? sent : null;
}

export const resourceSchemas: Repairer = {
  codes: ['schemas-missing', 'schemas-extension', 'schema-urn', 'unknown-schema', 'missing-array', 'schemas-operation'],
  path(path, { op, log }) {
    if (path.toLowerCase() !== 'schemas' || op === 'remove') return path;
    log.note(
      'schemas-operation',
      '"schemas" follows from the attributes that are set. The operation does nothing.',
      'path',
    );
    return null;
  },
  resource(resource, scene) {
    const key = findKey(resource, 'schemas') ?? 'schemas';
    const sent = resource[key];
    const list = toList(sent);
    if (list === null) return resource;
    if (typeof sent === 'string') scene.log.note('missing-array', '"schemas" was read as a list of one.', 'schemas');
    const { core } = scene.schema;
    const urns = repairUrns(list, scene);
    if (!urns.includes(core.id)) {
      scene.log.note('schemas-missing', `"schemas" was read as if it listed ${core.id}.`, 'schemas');
      urns.unshift(core.id);
    }
    for (const id of usedExtensions(resource, scene)) {
      if (urns.includes(id)) continue;
      scene.log.note(
        'schemas-extension',
        `"schemas" was read as if it listed ${id}, which the resource uses.`,
        'schemas',
      );
      urns.push(id);
    }
    const isSame = list === sent && list.length === urns.length && list.every((urn, index) => urn === urns[index]);
    return isSame ? resource : { ...resource, [key]: urns };
  },
};

function usedExtensions(resource: RawObject, { schema }: ResourceScene): readonly string[] {
  const isUsed = (id: string) => {
    const key = findKey(resource, id);
    return key !== undefined && resource[key] !== null;
  };
  return schema.extensions.map(({ id }) => id).filter(isUsed);
}
