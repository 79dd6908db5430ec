/**
 * Every repair by its code, for people: what it is called, who sends the shape, an example, where it was seen. The
 * documentation page and the console's explanations are made from it; codes are stable, they stand in recorded exchanges.
 */
export interface RepairDescription {
  readonly code: string;
  readonly title: string;
  readonly sentBy: string;
  /** What is sent, then what it is read as. */
  readonly example: string;
  readonly source: string;
}

const TABLE = [
  // the envelope
  [
    'operations-key',
    '"Operations" in another case',
    'hand-written templates',
    '{"operations": [...]} -> {"Operations": [...]}',
    'RFC 7643 section 2.1 (names are case-insensitive); no capture',
  ],
  [
    'operations-single',
    'One operation without its list',
    'hand-written templates',
    '"Operations": {"op": ...} -> [{"op": ...}]',
    'no capture',
  ],
  [
    'message-schemas',
    'The message names another schema or none',
    'authentik, hand-written templates',
    '{"Operations": [...]} -> with "schemas": ["...:PatchOp"]',
    'Infisical/infisical#6552',
  ],
  [
    'message-key',
    'A key that a PATCH does not have',
    'Entra (Postman collection)',
    '{"id": "...", "Operations": [...]} -> without id',
    'AzureAD/SCIMReferenceCode PostmanCollection.json',
  ],
  // operations and paths
  [
    'operation-case',
    'Operation name in another case',
    'Entra without aadOptscim062020',
    '"op": "Replace" -> "replace"',
    'MicrosoftDocs/entra-docs use-scim-to-provision-users-and-groups.md; ory/polis PR#4070',
  ],
  [
    'operation-key',
    'A key that an operation does not have',
    'Entra (Postman collection)',
    '{"name": "addMember", "op": "add", ...} -> without name',
    'AzureAD/SCIMReferenceCode#20',
  ],
  ['path-empty', 'Empty path', 'hand-written templates', '"path": "" -> no path', 'no capture'],
  [
    'path-form',
    'Blanks in a path, or a slash before it',
    'hand-written templates',
    '"path": "/active" -> "active"',
    'no capture',
  ],
  [
    'path-urn',
    'Schema URN in a path with a dot after it, or in another spelling',
    'Entra (inbound collection)',
    'urn:...:enterprise:2.0:User.manager -> urn:...:enterprise:2.0:User:manager',
    'AzureAD/SCIMReferenceCode PostmanCollection.json',
  ],
  [
    'enterprise-attribute',
    'Enterprise attribute without its URN',
    'Entra (documentation), OneLogin',
    '"path": "manager" -> "urn:...:enterprise:2.0:User:manager"',
    'MicrosoftDocs/entra-docs use-scim-to-provision-users-and-groups.md; OneLogin template',
  ],
  // keys
  [
    'dotted-key',
    'Path used as a key',
    'Entra with aadOptscim062020',
    '"name.givenName": "Ada" -> "name": {"givenName": "Ada"}',
    'thomaspoignant/scim-patch#19, #132; pond/scimitar#123',
  ],
  [
    'urn-key',
    'Path with a schema URN used as a key',
    'Entra with aadOptscim062020',
    '"urn:...:User:employeeNumber": "7" -> "urn:...:User": {"employeeNumber": "7"}',
    'scimmyjs/scimmy#77; Captain-P-Goldfish/SCIM-SDK#267, #416',
  ],
  [
    'value-path-key',
    'Value path used as a key',
    'hand-written templates',
    '{"value": {"emails[type eq \\"work\\"].value": "a@b"}} -> an operation with that path',
    'no capture; guarded against because bracketed paths and dotted keys come together',
  ],
  [
    'conflicting-key',
    'The same attribute twice, in two forms',
    'hand-written templates',
    '"name": {"givenName": "A"}, "name.givenName": "B" -> the first form',
    'no capture',
  ],
  [
    'unknown-attribute',
    'Attribute that the schemas do not have',
    'Entra, Okta (custom attributes)',
    '"dispalyName": "x" -> left out',
    'AzureAD/SCIMReferenceCode PostmanCollection.json (mis-spelt attribute ignored)',
  ],
  // schemas
  [
    'schemas-missing',
    '"schemas" without the resource\'s own',
    'authentik',
    'no "schemas" -> ["urn:...:core:2.0:User"]',
    'Infisical/infisical#6552',
  ],
  [
    'schemas-extension',
    '"schemas" without an extension that is used',
    'Entra',
    'extension data, core URN only -> both URNs',
    'MicrosoftDocs/entra-docs use-scim-to-provision-users-and-groups.md',
  ],
  [
    'schema-urn',
    'Schema URN in another spelling',
    'OneLogin',
    'urn:scim:schemas:core:1.0 -> urn:ietf:params:scim:schemas:core:2.0:User',
    'OneLogin template',
  ],
  [
    'schemas-operation',
    '"schemas" as the path of an operation',
    'clients with custom extensions',
    '{"op": "add", "path": "schemas", "value": ["urn:..."]} -> no operation',
    'RFC 7643 section 3 ("schemas" lists what is there); no capture',
  ],
  [
    'unknown-schema',
    'Schema URN that is not ours',
    'Entra (group marker, mis-spelt enterprise URN)',
    '"http://schemas.microsoft.com/2006/11/.../Group" -> left out',
    'better-auth/better-auth PR#10620',
  ],
  // values
  [
    'string-boolean',
    'Boolean as text',
    'Entra without aadOptscim062020, OneLogin, Keycloak',
    '"active": "False" -> false',
    'scimmyjs/scimmy#51, #86; rancher/rancher#54025',
  ],
  [
    'text-value',
    'Number or boolean where text is wanted',
    'hand-written templates',
    '"employeeNumber": 42 -> "42"',
    'no capture',
  ],
  [
    'single-element-array',
    'List of one where one value is wanted',
    'Entra',
    '"displayName": ["Platform"] -> "Platform"',
    'better-auth/better-auth PR#10620',
  ],
  [
    'wrapped-value',
    'Object round a plain value',
    "Microsoft's first SCIM library and bridges built for it",
    '"value": [{"$ref": null, "value": "Ada"}] -> "value": "Ada"',
    'MicrosoftDocs/azure-docs#42220; Azure/AzureAD-BYOA-Provisioning-Samples#22',
  ],
  [
    'named-value',
    'Value that names its attribute again',
    'hand-written templates',
    '"path": "active", "value": {"active": false} -> "value": false',
    'no capture',
  ],
  [
    'reference-value',
    'Member or manager by address only',
    'hand-written templates',
    '{"$ref": "https://.../Users/7"} -> with "value": "7"',
    'RFC 7643 section 4.2 (value and $ref are both optional); no capture',
  ],
  [
    'missing-array',
    'One value where a list is wanted',
    'hand-written templates',
    '"emails": {"value": "a@b"} -> [{"value": "a@b"}]',
    'no capture',
  ],
  [
    'bare-element',
    'Plain value where an object is wanted',
    'Entra (Postman collection)',
    '"members": ["id"] -> [{"value": "id"}]',
    'AzureAD/SCIMReferenceCode PostmanCollection.json',
  ],
  [
    'empty-text',
    'Empty text for an object or a list',
    'Entra (null update), Okta (empty values)',
    '"manager": "" -> null',
    'AzureAD/SCIMReferenceCode SCIM-Validation-Test-Overview.md; Okta test plan C9337',
  ],
  [
    'manager-value',
    'Manager in another form',
    'Entra',
    '"manager": "id" -> {"value": "id"}',
    'pond/scimitar#48; SCIM-SDK#686',
  ],
  [
    'manager-id',
    'managerId in place of value',
    'OneLogin',
    '"manager": {"managerId": "7"} -> {"value": "7"}',
    'OneLogin template',
  ],
  [
    'null-element',
    'Entry of a list without a value',
    'hand-written templates',
    '"emails": [null, {...}] -> [{...}]',
    'better-auth/better-auth#11015',
  ],
  [
    'null-sub-attribute',
    'Null inside an entry of a list',
    'Entra',
    '{"$ref": null, "value": "id"} -> {"value": "id"}',
    'better-auth/better-auth#11015; MicrosoftDocs/entra-docs',
  ],
  ['null-id', '"id": null', 'OneLogin', '"id": null -> left out', 'OneLogin template'],
  [
    'second-primary',
    'More than one primary',
    'hand-written templates',
    'two "primary": true -> the first keeps it',
    'RFC 7643 section 2.4',
  ],
  [
    'role-json',
    'Role as JSON text',
    'Entra (AppRoleAssignmentsComplex)',
    '"value": "{\\"value\\": \\"Admin\\", ...}" -> "value": "Admin"',
    'MicrosoftDocs/entra-docs customize-application-attributes.md',
  ],
  [
    'role-display-name',
    'displayName of a role',
    'Entra (AppRoleAssignmentsComplex)',
    '"roles": [{"displayName": "Admin", ...}] -> "display"',
    'MicrosoftDocs/entra-docs customize-application-attributes.md',
  ],
  // made while reading, not before it: PARSER_CODES
  [
    'unquoted-value',
    'Value of a filter without double quotes',
    'Entra (older documentation), authentik, SailPoint',
    'userName eq jdoe, userName eq \'jdoe\' -> userName eq "jdoe"',
    'langwatch/langwatch#6973; goauthentik/authentik clients/users.py',
  ],
  [
    'value-path-created',
    'Value path that matches no element',
    'Entra',
    'replace phoneNumbers[type eq "work"].value where there is none -> one is made',
    'better-auth/better-auth PR#10682; ssoready/ssoready PR#249',
  ],
] as const;

/** Bends that the parsers make, which see what the repairs before them cannot: the filter's tree, what is stored. */
export const PARSER_CODES = ['unquoted-value', 'value-path-created'] as const satisfies readonly RepairCode[];

export type RepairCode = (typeof TABLE)[number][0];

export const REPAIRS: readonly (RepairDescription & { readonly code: RepairCode })[] = TABLE.map(
  ([code, title, sentBy, example, source]) => Object.freeze({ code, title, sentBy, example, source }),
);
