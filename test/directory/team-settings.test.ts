/** Privacy, alerts, picture and usage of a team. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../src/directory/principal.ts';
import { AVATAR_MAX_BYTES, createAvatarDrawing } from '../../src/directory/teams/avatar-image.ts';
import { findAvatar, removeAvatar, setAvatar } from '../../src/directory/teams/avatars.ts';
import { findVisibleTeam, privacyOf } from '../../src/directory/teams/team-access.ts';
import { changeTeamSettings, enforcePrivacy, type SettingsChange } from '../../src/directory/teams/team-settings.ts';
import { usageOfTeam } from '../../src/directory/teams/team-usage.ts';
import { archiveTeam } from '../../src/directory/teams/teams.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const TEAM = { team: 'vision' };

const change = (org: TestOrganization, by: Principal, wanted: unknown, version?: number) =>
  org.run((work) =>
    changeTeamSettings(
      org.parts,
      work,
      by,
      { ...TEAM, ...(version === undefined ? {} : { version }) },
      wanted as SettingsChange,
    ),
  );

const privacy = async (org: TestOrganization) => {
  const { reader } = org.parts.store;
  return privacyOf(org.parts, reader, await findVisibleTeam(org.parts, reader, org.operator, 'vision'));
};

describeDirectory('team settings', (directory) => {
  it('are changed by admins of the team, one switch at a time, by the version that was seen', async () => {
    const org = await directory().organization();
    const [boss, bob] = [await org.person('boss@set.example'), await org.person('bob@set.example')];
    await org.team('vision', { admin: [boss], member: [bob] });
    const first = await change(org, boss, { privacy: { membersMayInvite: true } });
    await change(org, boss, { privacy: { saveCode: true } }, first.updatedAt);
    await expect(change(org, boss, { privacy: {} }, first.updatedAt)).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    await expect(change(org, bob, { privacy: { saveCode: false } })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await privacy(org)).toMatchObject({
      membersMayInvite: { value: true, enforced: false },
      saveCode: { value: true, enforced: false },
      hideTeam: { value: false, enforced: false },
    });
  });

  it.each([
    [{ privacy: { secret: true } }, 'privacy'],
    [{ privacy: { hideTeam: 'yes' } }, 'privacy.hideTeam'],
    [{ alerts: { birthday: { admins: true } } }, 'alerts'],
    [{ alerts: { memberJoined: { addresses: ['nobody'] } } }, 'alerts.memberJoined.addresses.0: is no e-mail address'],
    [{ alerts: { memberJoined: { addresses: Array(21).fill('a@b.example') } } }, 'alerts.memberJoined.addresses'],
    [{ color: 'red' }, 'color'],
  ])('are refused as %j', async (wanted, want) => {
    const org = await directory().organization();
    await org.team('vision');
    await expect(change(org, org.operator, wanted)).rejects.toThrow(want);
  });

  it('are locked at the strict side while the organization enforces them, and come back afterwards', async () => {
    const org = await directory().organization();
    const boss = await org.person('boss@lock.example');
    await org.team('vision', { admin: [boss] });
    await change(org, boss, { privacy: { membersMayInvite: true, hideTeam: false } });
    const enforce = (on: boolean, by = org.operator) =>
      org.run((work) => enforcePrivacy(org.parts, work, by, { membersMayInvite: on, hideTeam: on }));
    await expect(enforce(true, boss)).rejects.toMatchObject({ code: 'forbidden' });
    await enforce(true);
    expect(await privacy(org)).toMatchObject({
      membersMayInvite: { value: false, enforced: true },
      hideTeam: { value: true, enforced: true },
      saveCode: { enforced: false },
    });
    await expect(change(org, boss, { privacy: { membersMayInvite: true } })).rejects.toThrow(
      'The organization enforces membersMayInvite ("Enforce invitation control")',
    );
    await enforce(false);
    expect((await privacy(org)).membersMayInvite).toEqual({ value: true, enforced: false });
    expect((await org.changes()).filter((line) => line.startsWith('privacy.'))).toHaveLength(4);
  });

  it('do not change in an archived team', async () => {
    const org = await directory().organization();
    await org.team('vision');
    await org.run((work) => archiveTeam(org.parts, work, org.operator, TEAM));
    await expect(change(org, org.operator, { privacy: { saveCode: true } })).rejects.toThrow('Restore it first');
  });

  it('tell what a team uses: people by role, seats, and the runs that are kept', async () => {
    const org = await directory().organization({ seats: 9 });
    const people = await Promise.all(['a', 'b', 'c'].map((name) => org.person(`${name}@use.example`)));
    const [ada, bob, cyd] = people as [Principal, Principal, Principal];
    await org.team('vision', { admin: [ada], member: [ada, bob], viewer: [cyd] });
    const kept = { userId: 'x', person: 'Gone', project: 'p', runs: 7, firstAt: 1, lastAt: 2, takenAt: 3 };
    const parts = { ...org.parts, keptRuns: { ofTeam: async () => [kept] } };
    const team = await findVisibleTeam(parts, parts.store.reader, org.operator, 'vision');
    expect(await usageOfTeam(parts, parts.store.reader, org.operator, team)).toEqual({
      ...{ members: 3, admins: 1, keptRuns: [kept] },
      byRole: ['admin', 'member', 'viewer'].map((role) => ({ role, inherits: null, members: 1 })),
      seats: { team: 3, organization: 3, limit: 9 },
    });
    await expect(usageOfTeam(parts, parts.store.reader, bob, team)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

const draw = createAvatarDrawing();
const canvas = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 30, b: 30 } } });

describe('a picture that was sent', () => {
  it.each(['png', 'jpeg', 'webp'] as const)(
    'is drawn anew from %s, as a square WebP without metadata',
    async (format) => {
      const sent = await canvas(600, 300)
        .withExif({ IFD0: { Copyright: 'secret place' } })
        .toFormat(format)
        .toBuffer();
      const { image, etag } = await draw(sent);
      const seen = await sharp(image).metadata();
      expect([seen.format, seen.width, seen.height, seen.exif, seen.icc]).toEqual([
        'webp',
        256,
        256,
        undefined,
        undefined,
      ]);
      expect(Buffer.from(image).includes('secret place')).toBe(false);
      expect((await draw(sent)).etag).toBe(etag);
    },
  );

  it('keeps its upright side by what its metadata said', async () => {
    const left = await sharp({ create: { width: 10, height: 20, channels: 3, background: '#000' } })
      .composite([{ input: { create: { width: 10, height: 10, channels: 3, background: '#fff' } }, gravity: 'north' }])
      .jpeg()
      .toBuffer();
    const turned = await sharp(left).withMetadata({ orientation: 3 }).toBuffer();
    const { data, info } = await sharp((await draw(turned)).image)
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(data[0]).toBeLessThan(64);
    expect(data[data.length - info.channels]).toBeGreaterThan(192);
  });

  it.each([
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'unsupported_media_type'],
    ['HTML behind a name', Buffer.from('<html><script>1</script>'), 'unsupported_media_type'],
    ['a GIF', Buffer.from('GIF89a\x01\x00\x01\x00'), 'unsupported_media_type'],
    ['nothing', Buffer.alloc(0), 'unsupported_media_type'],
    ['a PNG that ends early', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'invalid_value'],
    ['too many bytes', Buffer.alloc(AVATAR_MAX_BYTES + 1), 'payload_too_large'],
  ])('is refused as %s', async (_what, bytes, code) => {
    await expect(draw(bytes)).rejects.toMatchObject({ code });
  });

  it('is refused where a small file would unfold to a picture that fills the memory', async () => {
    const bomb = await canvas(8000, 8000).png({ compressionLevel: 9 }).toBuffer();
    expect(bomb.length).toBeLessThan(AVATAR_MAX_BYTES);
    await expect(draw(bomb)).rejects.toMatchObject({ code: 'invalid_value' });
    expect((await draw(await canvas(10, 10).png().toBuffer())).image.length).toBeGreaterThan(0);
  });
});

describeDirectory('the picture of a team', (directory) => {
  it('is set, found and removed by admins of the team, on record', async () => {
    const org = await directory().organization();
    const boss = await org.person('boss@picture.example');
    await org.team('vision', { admin: [boss] });
    const drawn = await draw(await canvas(20, 20).png().toBuffer());
    const set = () => org.run((work) => setAvatar(org.parts, work, boss, TEAM, drawn));
    await set();
    await set();
    const { reader } = org.parts.store;
    const avatar = await findAvatar(org.parts, reader, boss, 'vision');
    expect(Buffer.from(avatar?.image ?? []).equals(Buffer.from(drawn.image))).toBe(true);
    expect(avatar?.etag).toBe(drawn.etag);
    await org.run((work) => removeAvatar(org.parts, work, boss, TEAM));
    expect(await findAvatar(org.parts, reader, boss, 'vision')).toBeUndefined();
    expect((await org.changes()).filter((line) => line.startsWith('team.avatar'))).toHaveLength(2);
    const bob = await org.person('bob@picture.example');
    await expect(org.run((work) => setAvatar(org.parts, work, bob, TEAM, drawn))).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});
