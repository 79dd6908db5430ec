/**
 * What the door does differently per dialect beyond repairing requests. Read by the SCIM door and its parsers.
 */
import type { Dialect } from '../../directory/connections/connection.ts';

export interface DialectTraits {
  /** `filter=userName eq jdoe` is read as `"jdoe"` (authentik, older Entra documentation). */
  readonly unquotedFilterValues: boolean;
  /** `replace emails[type eq "work"].value` with no such element creates it (Entra, RFC 7644 section 3.5.2.3 says noTarget). */
  readonly createMissingElement: boolean;
  /** A PATCH operation without `path`; false only for the interop profile, which wants 400 invalidSyntax. */
  readonly pathlessPatch: boolean;
  /** Unknown attributes in a resource, a path or a query are left out, on record, instead of refused. */
  readonly ignoreUnknownAttributes: boolean;
  readonly userPatchStatus: 200 | 204;
  /** 204 keeps large groups cheap: Entra documents it, Okta and the SCIM validator take it. */
  readonly groupPatchStatus: 200 | 204;
}

const LENIENT: DialectTraits = Object.freeze({
  unquotedFilterValues: true,
  createMissingElement: true,
  pathlessPatch: true,
  ignoreUnknownAttributes: true,
  userPatchStatus: 200,
  groupPatchStatus: 204,
});

const TRAITS: Readonly<Record<Dialect, DialectTraits>> = Object.freeze({
  okta: LENIENT,
  entra: LENIENT,
  generic: LENIENT,
  strict: Object.freeze({
    ...LENIENT,
    unquotedFilterValues: false,
    createMissingElement: false,
    pathlessPatch: false,
    ignoreUnknownAttributes: false,
  }),
});

export function dialectTraits(dialect: Dialect): DialectTraits {
  return TRAITS[dialect];
}
