import * as A from '@automerge/automerge';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { voucherText, type Voucher } from '#model/trust/voucher.ts';
import { headsOf, withEntries } from '../../sync-relay/entries-document.ts';
import { headsDigest } from '../../sync-relay/heads-index.ts';
import { TrustedDevices } from '../../sync-relay/trusted-devices.ts';
import { Vouchers } from '../../sync-relay/vouchers.ts';
import { testKey } from '../support/test-key.ts';
import { idOf } from '../support/trusted-relays.ts';

const CATALOG = idOf({ class: 'catalog', shard: 0 });
const STAFF = idOf({ class: 'staff' });
const PATH = `documents/${CATALOG}.voucher`;
const HQ = testKey();

/** The document with one more entry. */
const after = (doc: A.Doc<unknown>, name: string) => withEntries(A.clone(doc), { [name]: '{}' });

const FIRST = withEntries(A.init(), { first: '{}' });
/** What head office wrote before it came back with its disk as it was at first, and what it wrote then. */
const LOST = after(FIRST, 'lost');
const SINCE = after(FIRST, 'since');
/** A store that has both. */
const BOTH = A.merge(A.clone(LOST), SINCE);

function word(doc: A.Doc<unknown>, key = HQ): Voucher {
  const heads = headsOf(doc);
  const signature = key.sign(voucherText({ document: CATALOG, heads }));
  return { document: CATALOG, heads, device: key.id, signature };
}

/** A disk that refuses writes when a test says so. */
function diskOf(files = new Map<string, Buffer>()) {
  return {
    files,
    isFull: false,
    written: 0,
    read: (path: string) => Promise.resolve(files.get(path)),
    replace(path: string, bytes: Uint8Array) {
      if (this.isFull) return Promise.reject(new Error('no space left'));
      this.written++;
      files.set(path, Buffer.from(bytes));
      return Promise.resolve();
    },
    /** The file of the catalog, as JSON. */
    get file(): unknown {
      return JSON.parse(files.get(PATH)?.toString() ?? 'null');
    },
  };
}

function vouchersOn(disk: ReturnType<typeof diskOf>, signs = false): Vouchers {
  const own = { id: 'ffffffffffffffff', key: testKey().publicKey, role: 'relay' as const };
  const anchors = { own, headOffice: { id: HQ.id, key: HQ.publicKey } };
  const trusted = new TrustedDevices(anchors, () => '2026-01-01T00:00:00.000Z');
  const log = pino({ level: 'silent' });
  const signer = signs ? { device: HQ.id, sign: HQ.sign } : undefined;
  return new Vouchers({ folder: 'documents', disk, trusted, signer, log });
}

/** What the next start of the program reads from a disk. */
async function reread(disk: ReturnType<typeof diskOf>): Promise<readonly Voucher[]> {
  const vouchers = vouchersOn(disk);
  await vouchers.load([CATALOG]);
  return vouchers.of(CATALOG);
}

describe('[W15] head office’s word about a document', () => {
  test('is kept while no other covers it: a newer one of a head office that lost a state pushes it out neither here nor on the disk', async () => {
    const disk = diskOf();
    const vouchers = vouchersOn(disk);
    vouchers.take(word(LOST), 'hq');
    expect(await vouchers.keep(CATALOG, LOST)).toBe(true);
    vouchers.take(word(SINCE), 'hq');
    expect(await vouchers.keep(CATALOG, BOTH)).toBe(true);
    expect(vouchers.of(CATALOG)).toEqual([word(LOST), word(SINCE)]);
    expect(await reread(disk)).toEqual([word(LOST), word(SINCE)]);
    vouchers.take(word(BOTH), 'hq');
    expect(await vouchers.keep(CATALOG, BOTH)).toBe(true);
    expect(vouchers.of(CATALOG)).toEqual([word(BOTH)]);
    expect(await reread(disk)).toEqual([word(BOTH)]);
  });

  test('is kept when its changes come, although a newer word came from the same peer before them', async () => {
    const vouchers = vouchersOn(diskOf());
    for (const one of [LOST, after(LOST, 'later'), SINCE]) expect(vouchers.take(word(one), 'hq')).toBe(true);
    expect(await vouchers.keep(CATALOG, FIRST)).toBe(false);
    expect(vouchers.of(CATALOG)).toEqual([]);
    expect(await vouchers.keep(CATALOG, LOST)).toBe(true);
    expect(vouchers.of(CATALOG)).toEqual([word(LOST)]);
    expect(vouchers.states(CATALOG)).toHaveLength(3);
  });

  test('is kept for a state that is here together with changes of another one', async () => {
    const vouchers = vouchersOn(diskOf());
    vouchers.take(word(LOST), 'hq');
    expect(await vouchers.keep(CATALOG, BOTH)).toBe(true);
    expect(vouchers.of(CATALOG)).toEqual([word(LOST)]);
  });

  test('is the latest alone where each covers the one before, in whatever order they came', async () => {
    const states = [FIRST];
    for (const name of ['a', 'b', 'c']) states.push(after(states.at(-1) ?? FIRST, name));
    const latest = states.at(-1) ?? FIRST;
    for (const order of [states, states.toReversed()]) {
      const vouchers = vouchersOn(diskOf());
      for (const one of order) vouchers.take(word(one), 'hq');
      expect(await vouchers.keep(CATALOG, latest)).toBe(true);
      expect(vouchers.of(CATALOG)).toEqual([word(latest)]);
      expect(vouchers.states(CATALOG)).toEqual([headsOf(latest)]);
      // An older one that comes once more is nothing new, whatever was written since.
      vouchers.take(word(FIRST), 'relay');
      expect(await vouchers.keep(CATALOG, after(latest, 'd'))).toBe(false);
    }
  });

  test('is on the disk before the changes, and is there for them after a start that found no changes', async () => {
    const disk = diskOf();
    const before = vouchersOn(disk);
    before.take(word(LOST), 'hq');
    await before.keep(CATALOG, LOST);
    const vouchers = vouchersOn(disk);
    await vouchers.load([CATALOG]);
    // The document is what it was; head office says its next word about it.
    vouchers.take(word(SINCE), 'hq');
    await vouchers.keep(CATALOG, SINCE);
    expect(await reread(disk)).toEqual([word(LOST), word(SINCE)]);
    expect(vouchers.states(CATALOG)).toContainEqual(headsOf(LOST));
  });

  test('is written again where the disk refused it, and then not any more', async () => {
    const disk = diskOf();
    const vouchers = vouchersOn(disk);
    disk.isFull = true;
    vouchers.take(word(LOST), 'hq');
    expect(await vouchers.keep(CATALOG, LOST)).toBe(true);
    expect(disk.written).toBe(0);
    disk.isFull = false;
    expect(await vouchers.keep(CATALOG, LOST)).toBe(false);
    expect(await vouchers.keep(CATALOG, LOST)).toBe(false);
    expect(disk.written).toBe(1);
    expect(await reread(disk)).toEqual([word(LOST)]);
  });

  test('that is said once more by another peer is not written once more', async () => {
    const disk = diskOf();
    const vouchers = vouchersOn(disk);
    for (const sender of ['hq', 'relay', 'hq']) {
      vouchers.take(word(LOST), sender);
      await vouchers.keep(CATALOG, LOST);
    }
    expect(disk.written).toBe(1);
  });

  test('does not fill the memory where its changes never come: the oldest of a peer goes, and of no other', () => {
    const vouchers = vouchersOn(diskOf());
    vouchers.take(word(FIRST), 'relay');
    const states = Array.from({ length: 40 }, (_, i) => after(LOST, String(i)));
    for (const one of states) vouchers.take(word(one), 'hq');
    const known = vouchers.states(CATALOG);
    expect(known).toHaveLength(1 + 32);
    expect(known).toContainEqual(headsOf(FIRST));
    expect(known).toContainEqual(headsOf(states.at(-1) ?? FIRST));
    expect(known).not.toContainEqual(headsOf(states[0] ?? FIRST));
  });

  test('is said to be here only where it covers every change', async () => {
    const vouchers = vouchersOn(diskOf());
    const isAllVouched = (doc: A.Doc<unknown>) =>
      vouchers.isAllVouched(CATALOG, headsDigest(A.getHeads(doc)));
    expect(isAllVouched(LOST)).toBe(false);
    vouchers.take(word(LOST), 'hq');
    await vouchers.keep(CATALOG, LOST);
    expect([LOST, BOTH, SINCE, after(LOST, 'more')].map(isAllVouched)).toEqual([true, false, false, false]);
    vouchers.take(word(SINCE), 'hq');
    await vouchers.keep(CATALOG, BOTH);
    expect([BOTH, after(BOTH, 'more')].map(isAllVouched)).toEqual([true, false]);
  });
});

describe('[W15] the file of a document’s vouchers', () => {
  test('is one voucher as long as there is one, as it was written before there could be more, and is read as it was', async () => {
    const disk = diskOf();
    const vouchers = vouchersOn(disk);
    vouchers.take(word(LOST), 'hq');
    await vouchers.keep(CATALOG, LOST);
    expect(disk.file).toEqual(word(LOST));
    expect(await reread(diskOf(new Map([[PATH, Buffer.from(JSON.stringify(word(SINCE)))]])))).toEqual([
      word(SINCE),
    ]);
  });

  test('gives what is head office’s word for that document, and nothing else', async () => {
    const other = { ...word(LOST), document: STAFF };
    const forged = word(LOST, testKey());
    const read = (content: unknown) =>
      reread(diskOf(new Map([[PATH, Buffer.from(JSON.stringify(content))]])));
    expect(await read([forged, word(SINCE), other])).toEqual([word(SINCE)]);
    expect(await read([word(SINCE), 'torn'])).toEqual([]);
    expect(await reread(diskOf(new Map([[PATH, Buffer.from('{"docu')]])))).toEqual([]);
  });
});

describe('[W15] head office itself', () => {
  test('signs a state once, and lets its older words go', async () => {
    const disk = diskOf();
    const vouchers = vouchersOn(disk, true);
    for (const doc of [FIRST, FIRST, LOST, LOST]) await vouchers.sign(CATALOG, doc);
    expect(vouchers.of(CATALOG)).toEqual([word(LOST)]);
    expect(disk.written).toBe(2);
  });

  test('signs nothing that one of its own words, which a relay gave back, is about', async () => {
    const disk = diskOf();
    const vouchers = vouchersOn(disk, true);
    vouchers.take(word(LOST), 'relay');
    await vouchers.keep(CATALOG, LOST);
    await vouchers.sign(CATALOG, LOST);
    expect(disk.written).toBe(1);
    await vouchers.sign(CATALOG, BOTH);
    expect(vouchers.of(CATALOG)).toEqual([word(BOTH)]);
  });
});
