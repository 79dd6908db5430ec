/** The verbs about signing in, over a real database. */
import { expect, it } from 'vitest';
import { createSignInServices } from '../../src/cli/sign-in-services.ts';
import { findSession, openSession } from '../../src/directory/entry/sessions.ts';
import { describeDirectory } from '../support/directory.ts';

const HOW = {
  ...{ connector: 'oidc', issuer: 'https://idp.example', providerSession: null, providerSubject: null },
  ...{ userAgent: null, remoteAddress: '192.0.2.1' },
};

describeDirectory('sign-in on the command line', (directory) => {
  it('shows the rules that it was given', async () => {
    const { id } = await directory().organization();
    const { rules, setRules } = createSignInServices(directory().parts);
    expect(await rules(id)).toEqual({ rules: [] });
    const document = { rules: [{ id: 'eng', when: { group: 'eng' }, give: { team: 'engineering', role: 'member' } }] };
    await setRules(id, document);
    expect(await rules(id)).toEqual(document);
    await expect(setRules(id, { rules: [{ when: {} }] })).rejects.toMatchObject({ code: 'invalid_value' });
    expect(await rules(id)).toEqual(document);
  });

  it('lists and ends where somebody is signed in', async () => {
    const organization = await directory().organization();
    const { parts } = directory();
    const user = await organization.person('ada@example.com');
    const limits = { lengthMs: 3_600_000, idleMs: 60_000 };
    const owner = { id: user.id ?? '', organizationId: organization.id };
    const { token } = await organization.run((work) => openSession(parts, work, limits, owner, HOW));
    const { sessions, endSessions } = createSignInServices(parts);
    const ref = { organization: organization.id, person: 'ada@example.com' };
    expect(await sessions(ref)).toMatchObject([{ connector: 'oidc', remoteAddress: '192.0.2.1' }]);
    expect(await endSessions(ref)).toBe(1);
    expect([await sessions(ref), await findSession(parts, limits, token)]).toEqual([[], undefined]);
  });
});
