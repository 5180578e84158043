import { describe, expect, test } from 'vitest';
import { err, ok, type Result } from '#model/result.ts';
import { codeHash, INVITATION_MS, type Enrolment } from '#model/trust/invitation.ts';
import { readOrganizationEntry } from '#model/documents/organization.ts';
import type { KeptDevice } from '../../../app/lib/device/device-store.ts';
import { newDeviceKey } from '../../../app/lib/device/device-key.ts';
import { askToEnrolWith, type EnrolmentTrouble } from '../../../app/lib/device/enrolment-client.ts';
import { FoundingForm } from '../../../app/lib/device/founding-form.svelte.ts';
import { invite } from '../../../app/lib/device/invite.ts';
import { Membership } from '../../../app/lib/device/membership.svelte.ts';
import { countries, currencies } from '../../../app/lib/device/places.ts';
import {
  SetUp,
  shownCode,
  type EnrolledDevice,
  type SetUpParts,
} from '../../../app/lib/device/set-up.svelte.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import { healedSentence } from '../../../app/lib/device/device-sentences.ts';
import { m } from '../../../app/lib/paraglide/messages.js';
import { HeldSurroundings } from '../till/till-fixture.ts';

const NOW = Date.parse('2026-11-21T09:00:00.000Z');

async function enrolled(): Promise<EnrolledDevice> {
  const kept = await newDeviceKey();
  const device: Enrolment['device'] = {
    id: kept.id,
    key: kept.publicKey,
    name: 'Till 1',
    role: 'terminal',
    enrolledAt: '2026-11-21T08:00:00.000Z',
    expiresAt: '2026-11-21T10:00:00.000Z',
  };
  const headOffice = { id: '0'.repeat(16), key: 'A'.repeat(43) };
  return { ...kept, enrolment: { organization: 'a1b2c3d4e5f6', device, headOffice } };
}

/** A set-up whose questions are answered one after the other; the last answer stays. */
async function setUp(
  answers: Result<Enrolment, EnrolmentTrouble>[],
  parts: Partial<SetUpParts> = {},
): Promise<{ page: SetUp; asked: unknown[]; device: EnrolledDevice }> {
  const device = await enrolled();
  const asked: unknown[] = [];
  const keeper = {
    make: (): Promise<KeptDevice> => Promise.resolve(device),
    saveEnrolment: (): Promise<KeptDevice> => Promise.resolve(device),
  };
  const page = new SetUp({
    role: 'terminal',
    withRelay: false,
    keeper,
    ask: (wish) => {
      asked.push(wish);
      return Promise.resolve(answers.shift() ?? ok(device.enrolment));
    },
    isTaken: () => Promise.resolve(false),
    now: () => NOW,
    ...parts,
  });
  return { page, asked, device };
}

test.each([
  ['7kq4m2xpna', '7KQ4M-2XPNA'],
  [' 7kq4m - 2x', '7KQ4M-2X'],
  ['7KQ4M', '7KQ4M'],
  ['7KQ4M-2XPNA99', '7KQ4M-2XPNA'],
])('[E8] a code typed as "%s" is read as %s', (typed, shown) => {
  expect(shownCode(typed)).toBe(shown);
});

describe('joining with a code', () => {
  test('[E8] sends the code with this browser’s own key, once, and gives the device that joined', async () => {
    const { page, asked, device } = await setUp([], { withRelay: true });
    await page.start();
    page.type('7KQ4M2XPN');
    await page.submit();
    expect(asked).toEqual([]);
    page.type('7KQ4M2XPNA');
    await Promise.all([page.submit(), page.submit()]);
    const { id, publicKey: key } = device;
    expect(asked).toEqual([{ code: '7KQ4M-2XPNA', id, key, role: 'terminal', withRelay: true }]);
    expect((await page.done).enrolment).toEqual(device.enrolment);
  });

  test('[E8] asks nobody while a wait for wrong codes runs', async () => {
    let now = NOW;
    const tries = err({ code: 'too-many-tries' as const, retryAt: NOW + 1500 });
    const { page, asked } = await setUp([tries], { now: () => now });
    page.type('7KQ4M2XPNA');
    await page.submit();
    expect(page.secondsLeft).toBe(2);
    page.type('7KQ4M2XPNB');
    await page.submit();
    expect([asked.length, page.trouble?.code]).toEqual([1, 'too-many-tries']);
    now += 1500;
    await page.submit();
    expect(asked).toHaveLength(2);
  });

  test('the demo joins by itself, but not where that would send somebody away', async () => {
    const ownCode = () => Promise.resolve(ok('7KQ4M-2XPNA'));
    const free = await setUp([], { ownCode });
    await free.page.start();
    expect(free.asked).toHaveLength(1);
    const taken = await setUp([], { ownCode, isTaken: () => Promise.resolve(true) });
    await taken.page.start();
    expect([taken.asked.length, taken.page.taken, taken.page.alone]).toEqual([0, true, false]);
    await taken.page.joinByItself();
    expect(taken.asked).toHaveLength(1);
  });

  test('a browser that cannot keep its key says so and can try again', async () => {
    const keeper = {
      make: (): Promise<KeptDevice> => Promise.reject(new Error('the disk is full')),
      saveEnrolment: (): Promise<KeptDevice> => Promise.reject(new Error('the disk is full')),
    };
    const { page } = await setUp([], { keeper });
    page.type('7KQ4M2XPNA');
    await page.submit();
    expect([page.trouble, page.busy]).toEqual([{ code: 'refused', detail: 'the disk is full' }, false]);
  });
});

test.each([
  [404, '<html>', 'relay-away', undefined],
  [502, '{"code":"away","message":"…"}', 'relay-away', undefined],
  [403, '{"code":"code-used","message":"…"}', 'code-used', undefined],
  [429, '{"code":"too-many-tries","message":"…","retryAfterSeconds":30}', 'too-many-tries', NOW + 30_000],
  [418, '{"code":"teapot","message":"Tea only."}', 'refused', undefined],
  [200, '{"organization":"x"}', 'refused', undefined],
])('an answer %i %s to a request to join means %s', async (status, body, code, retryAt) => {
  const ask = askToEnrolWith(
    () => Promise.resolve(new Response(body, { status })),
    () => NOW,
  );
  const answer = await ask({
    code: '7KQ4M-2XPNA',
    id: '0'.repeat(16),
    key: 'A'.repeat(43),
    role: 'terminal',
  });
  expect(answer).toMatchObject({ ok: false, error: { code, ...(retryAt === undefined ? {} : { retryAt }) } });
});

test('[E8] an invitation is written with a hash of its code alone, for ten minutes', async () => {
  const documents = new MemoryDocuments();
  const host = {
    documents,
    by: 'mia',
    now: () => new Date(NOW),
    random: (n: number) => new Uint8Array(n).fill(7),
  };
  const invited = await invite({ name: 'Till 1', roles: ['relay', 'terminal'] }, host);
  if (!invited.ok) throw new Error(invited.error);
  const { code, invitation } = invited.value;
  const texts = await documents.open({ class: 'organization' });
  const key = `invitation:${invitation.id}`;
  expect(readOrganizationEntry(key, texts[key] ?? '')).toMatchObject({
    ok: true,
    value: { value: invitation },
  });
  expect([texts[key]?.includes(code), invitation.code]).toEqual([false, codeHash(invitation.id, code)]);
  expect(Date.parse(invitation.expiresAt) - NOW).toBe(INVITATION_MS);

  documents.setConnected(false);
  expect(await invite({ name: 'Till 1', roles: ['terminal'] }, host)).toEqual({ ok: false, error: 'away' });
});

describe('how a device stands', () => {
  async function member(isRelayEnrolled: boolean | undefined = true, surroundings = new HeldSurroundings()) {
    const device = await enrolled();
    const parts = {
      device,
      surroundings,
      isTaken: async () => false,
      isRelayEnrolled: async () => isRelayEnrolled,
    };
    return { membership: new Membership(parts), parts, documents: new MemoryDocuments() };
  }

  test('[E2] a revocation is kept over a restart and ends only when a relay accepts the device', async () => {
    const { membership, parts, documents } = await member();
    await membership.hear('revoked', documents);
    const again = new Membership(parts);
    expect(again.exclusion).toEqual(membership.exclusion);
    expect(again.exclusion).toMatchObject({ reason: 'revoked', at: '2026-11-21T09:00:00.000Z' });
    await again.hear('accepted', documents);
    expect([again.exclusion, new Membership(parts).exclusion]).toEqual([undefined, undefined]);
  });

  test('a device that nobody accepted yet, or that a relay without an organization does not know, is not turned away', async () => {
    const fresh = await member();
    await fresh.membership.hear('unknown', fresh.documents);
    expect(fresh.membership.exclusion).toBeUndefined();
    const blank = await member(false);
    await blank.membership.hear('accepted', blank.documents);
    await blank.membership.hear('unknown', blank.documents);
    expect(blank.membership.exclusion).toBeUndefined();
  });

  test('[E2] an expiry is told with the time it was set for', async () => {
    const { membership, documents } = await member();
    await membership.hear('expired', documents);
    expect(membership.exclusion).toMatchObject({ reason: 'expired', at: '2026-11-21T10:00:00.000Z' });
  });

  test('[E7] what was healed is told once for each document until somebody has read it', async () => {
    const { membership, documents } = await member();
    membership.follow(documents, (sentence) => expect.unreachable(sentence));
    const key = { class: 'staff' } as const;
    const what = m.device_document_staff();
    documents.tell({ type: 'healed', key, lost: [] });
    expect(membership.healed.documents.map(healedSentence)).toEqual([m.device_healed_unharmed({ what })]);
    documents.tell({ type: 'healed', key, lost: ['person:ana'] });
    documents.tell({ type: 'healed', key, lost: [] });
    expect(membership.healed.documents.map(healedSentence)).toEqual([m.device_healed({ what })]);
    const [first] = membership.healed.documents;
    expect([membership.healed.documents.length, first?.key]).toEqual([1, key]);
    membership.healed.hide(first?.id ?? 0);
    expect(membership.healed.documents).toEqual([]);
  });
});

test('founding asks for every field and for the same PIN twice before it sends anything', async () => {
  const sent: unknown[] = [];
  const form = new FoundingForm(
    (wish) => {
      sent.push(wish);
      return Promise.resolve(ok('7KQ4M-2XPNA'));
    },
    'es-MX',
    'America/Mexico_City',
  );
  expect([form.language, form.country]).toEqual(['es', 'MX']);
  await form.submit();
  expect(form.trouble?.code).toBe('missing');
  Object.assign(form, { name: 'A', currency: 'MXN', store: 'B', manager: 'C', pin: '12', pinAgain: '12' });
  await form.submit();
  expect(form.trouble?.code).toBe('pin-form');
  Object.assign(form, { pin: '1234', pinAgain: '4321' });
  await form.submit();
  expect([form.trouble?.code, sent.length]).toEqual(['pins-differ', 0]);
  form.pinAgain = '1234';
  await form.submit();
  expect(await form.done).toBe('7KQ4M-2XPNA');
  expect(sent).toMatchObject([{ country: 'MX', timeZone: 'America/Mexico_City', manager: { pin: '1234' } }]);
});

test('a shop can be in any country and use any currency, and in no place that is none', () => {
  const codes = countries('en').map(({ code }) => code);
  expect(['ES', 'GB', 'MX', 'US', 'JP'].filter((code) => !codes.includes(code))).toEqual([]);
  expect(['EU', 'UN', 'ZZ', 'DD', 'SU'].filter((code) => codes.includes(code))).toEqual([]);
  expect(currencies('es').map(({ code }) => code)).toContain('EUR');
});
