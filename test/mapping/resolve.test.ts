import { describe, expect, it } from 'vitest';
import { exposedEntitlements, exposedRoles } from '../../src/mapping/exposed-roles.ts';
import { compileRules } from '../../src/mapping/resolve.ts';
import { defaultRules, parseRules } from '../../src/mapping/rule.ts';

const rules = parseRules({
  rules: [
    { id: 'pattern', when: { groupPattern: 'ml-{team}-{role}' }, give: { team: '{team}', role: '{role}' } },
    { id: 'admins', when: { group: 'Platform Admins' }, give: { organizationRole: 'admin' } },
    { id: 'leads', when: { groupPattern: '*leads' }, give: { team: 'Leads of {group}', role: 'viewer' } },
    { id: 'rnd', when: { user: 'department eq "R&D"' }, give: { team: 'rnd', role: 'member' } },
    { id: 'boss', when: { user: 'roles[value eq "Boss"]' }, give: { organizationRole: 'admin' } },
    { id: 'rest', when: { everyOtherGroup: true }, give: { team: '{group}', role: 'member' } },
    { id: 'rest-too', when: { everyOtherGroup: true }, give: { organizationRole: 'viewer' } },
  ],
});
const compiled = compileRules(rules);

describe('grantsOfGroup', () => {
  it('gives each group a team of its own by default', () => {
    expect(compileRules(defaultRules).grantsOfGroup({ displayName: 'Computer Vision' })).toEqual([
      { ruleId: 'default', scope: 'team', team: 'Computer Vision', ownTeam: true, role: 'member' },
    ]);
  });

  it.each([
    ['ML-Vision-Admin', [{ ruleId: 'pattern', scope: 'team', team: 'Vision', ownTeam: false, role: 'admin' }]],
    ['platform admins', [{ ruleId: 'admins', scope: 'organization', role: 'admin' }]],
    ['Leads', [{ ruleId: 'leads', scope: 'team', team: 'Leads of Leads', ownTeam: false, role: 'viewer' }]],
    [
      'Other',
      [
        { ruleId: 'rest', scope: 'team', team: 'Other', ownTeam: true, role: 'member' },
        { ruleId: 'rest-too', scope: 'organization', role: 'viewer' },
      ],
    ],
    ['ml-vision-owner', []],
  ])('%s', (displayName, want) => {
    expect(compiled.grantsOfGroup({ displayName })).toEqual(want);
  });

  it('adds up the gifts of every rule that matches', () => {
    const both = compileRules(
      parseRules({
        rules: [
          { id: 'a', when: { groupPattern: 'x*' }, give: { team: 'one', role: 'member' } },
          { id: 'b', when: { group: 'xy' }, give: { team: 'one', role: 'admin' } },
        ],
      }),
    );
    expect(both.grantsOfGroup({ displayName: 'XY' }).map(({ ruleId }) => ruleId)).toEqual(['a', 'b']);
  });

  it('leaves groups to the rest that only a later rule names', () => {
    const order = compileRules(
      parseRules({
        rules: [
          { id: 'rest', when: { everyOtherGroup: true }, give: { team: '{group}', role: 'member' } },
          { id: 'named', when: { group: 'x' }, give: { team: 'y', role: 'admin' } },
        ],
      }),
    );
    expect(order.grantsOfGroup({ displayName: 'x' }).map(({ ruleId }) => ruleId)).toEqual(['rest', 'named']);
  });

  it('warns of a captured role that is none', () => {
    expect(compiled.warningsOfGroup({ displayName: 'ml-vision-Owner' })).toEqual([
      'The group "ml-vision-Owner" names the role "Owner", which is none: its members get nothing by the rule "pattern".',
    ]);
    expect(compiled.warningsOfGroup({ displayName: 'ml-vision-admin' })).toEqual([]);
  });
});

describe('custom roles', () => {
  const rules = [
    { id: 'named', when: { group: 'Stewards' }, give: { team: 'data', role: 'data steward' } },
    { id: 'captured', when: { groupPattern: 'ml-{role}' }, give: { team: 'ml', role: '{role}' } },
  ];
  const known = ['Data Steward'];

  it('are given by the name that the organization gave them, however a rule or a group writes it', () => {
    const compiled = compileRules(parseRules({ rules }, known), known);
    expect(compiled.grantsOfGroup({ displayName: 'stewards' })).toMatchObject([{ role: 'Data Steward' }]);
    expect(compiled.grantsOfGroup({ displayName: 'ML-DATA STEWARD' })).toMatchObject([{ role: 'Data Steward' }]);
  });

  it('give nothing once they are gone, and say so', () => {
    const compiled = compileRules(parseRules({ rules }, 'any'));
    expect(compiled.grantsOfGroup({ displayName: 'stewards' })).toEqual([]);
    expect(compiled.warningsOfGroup({ displayName: 'stewards' })[0]).toContain(
      'names the role "data steward", which is none',
    );
  });
});

describe('grantsOfUser', () => {
  const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

  it.each([
    [{ userName: 'a' }, []],
    [{ userName: 'a', [ENTERPRISE]: { department: 'r&d' } }, ['rnd']],
    [{ userName: 'a', roles: [{ value: 'boss' }], [ENTERPRISE]: { department: 'R&D' } }, ['rnd', 'boss']],
  ])('%j', (resource, want) => {
    expect(compiled.grantsOfUser(resource).map(({ ruleId }) => ruleId)).toEqual(want);
  });

  it('is told apart from rules on groups', () => {
    expect(compiled.hasUserRules).toBe(true);
    expect(compileRules(defaultRules).hasUserRules).toBe(false);
  });
});

describe('exposed roles', () => {
  const user = (filter: string) => ({ when: { user: filter }, give: { team: 't', role: 'member' } });
  const exposing = parseRules({
    rules: [
      user('roles.value eq "Lead" or roles[value eq "dev" and primary eq true]'),
      user('roles eq "lead" and title eq "no"'),
      user('not (roles eq "Contractor") and entitlements.value eq "gpu"'),
      user('roles co "part" or roles ne "other" or roles.type eq "type"'),
    ],
  });

  it('are the values that conditions compare by eq, in order, each once', () => {
    expect(exposedRoles(exposing)).toEqual(['Lead', 'dev', 'Contractor']);
    expect(exposedEntitlements(exposing)).toEqual(['gpu']);
    expect(exposedRoles(defaultRules)).toEqual([]);
  });
});
