import { createPublicKey, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JournalRecord } from '#model/journal/record.ts';
import type { DeviceKey } from '../../../app/lib/device/device-key.ts';
import type { RelayStatus } from '../../../app/lib/till/links.svelte.ts';
import {
  DEVICE_KEY,
  R2,
  codeOf,
  must,
  openTill,
  payCash,
  sellLantern,
  sessionKey,
  signIn,
  startTill,
  type TillBench,
} from './till-fixture.ts';

const KEY = createPublicKey({
  format: 'jwk',
  key: { kty: 'OKP', crv: 'Ed25519', x: DEVICE_KEY.publicKey },
});
const isSigned = ({ hash, sig }: JournalRecord) =>
  verify(null, Buffer.from(hash, 'ascii'), KEY, Buffer.from(sig, 'base64url'));

async function storedIn({ documents }: TillBench, session = 1): Promise<JournalRecord[]> {
  const entries = await documents.open(sessionKey(session));
  return Object.keys(entries)
    .sort()
    .map((key) => JSON.parse(entries[key] ?? '') as JournalRecord);
}

const kindsIn = async (bench: TillBench, session = 1) =>
  (await storedIn(bench, session)).map(({ kind }) => kind);

/** A key that can be told to fail. */
class MoodyKey implements DeviceKey {
  readonly id = DEVICE_KEY.id;
  readonly publicKey = DEVICE_KEY.publicKey;
  failing = false;

  async sign(text: string): Promise<string> {
    if (this.failing) throw new Error('the key store is locked');
    return DEVICE_KEY.sign(text);
  }
}

describe('signing', () => {
  const reported = vi.fn<(cause: unknown) => void>();
  beforeEach(() => void vi.stubGlobal('reportError', reported));
  afterEach(() => void vi.unstubAllGlobals());

  it('[J8] every record is stored with the signature of this terminal', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    await signIn(bench, 'mia');
    must(await bench.till.session.openDrawer('change'));
    const records = await storedIn(bench);
    expect(records.map(({ kind }) => kind)).toEqual(['opened', 'sale', 'drawer']);
    expect(records.map(isSigned)).toEqual([true, true, true]);
  });

  it('[J8] without a signature nothing is written, and the sale can be completed once the key works', async () => {
    const deviceKey = new MoodyKey();
    const bench = await openTill({ deviceKey });
    bench.view.scan('5012345678900');
    must(bench.till.sale.startPaying());
    payCash(bench, 500);
    deviceKey.failing = true;
    expect(codeOf(await bench.till.completeSale())).toBe('not-signed');
    expect(await kindsIn(bench)).toEqual(['opened']);
    expect([...bench.surroundings.notes.keys()].filter((key) => key.startsWith('record:'))).toEqual([]);
    expect(reported).toHaveBeenCalledTimes(1);
    expect([bench.till.journal.writing, bench.till.journal.unsaved]).toEqual([false, undefined]);
    deviceKey.failing = false;
    expect(must(await bench.till.completeSale()).seq).toBe(2);
    expect((await storedIn(bench)).map(isSigned)).toEqual([true, true]);
  });

  it('[J8] a record no disk took is kept with its signature, and the very same one is tried again', async () => {
    const documents = (await openTill()).documents;
    const bench = await openTillAgain(documents);
    documents.failHere = 'disk full';
    documents.setConnected(false);
    expect(codeOf(await bench.till.session.openDrawer('change'))).toBe('not-saved');
    const note = [...bench.surroundings.notes].find(([key]) => key.startsWith('record:'))?.[1] ?? '';
    expect(isSigned(JSON.parse(note) as JournalRecord)).toBe(true);
    documents.failHere = undefined;
    must(await bench.till.retry());
    expect((await storedIn(bench)).at(-1)).toEqual(JSON.parse(note));
  });
});

async function openTillAgain(documents: TillBench['documents']): Promise<TillBench> {
  const bench = await startTill({ documents });
  await signIn(bench, 'mia');
  return bench;
}

describe('a clock that is moved', () => {
  const DAY = 24 * 3_600_000;

  it('[R7] back by a day: the sale is made, behind a record that tells it', async () => {
    const bench = await openTill();
    bench.surroundings.time -= DAY;
    await sellLantern(bench);
    const records = await storedIn(bench);
    expect(records.map(({ kind }) => kind)).toEqual(['opened', 'clock', 'sale']);
    expect(records[1]).toMatchObject({
      at: '2026-11-20T09:00:00.000Z',
      by: 'ana',
      body: { expected: '2026-11-21T09:00:00.000Z' },
    });
    expect(records[2]?.at).toBe('2026-11-20T09:00:00.000Z');
    expect(records.map(isSigned)).toEqual([true, true, true]);
    await sellLantern(bench);
    expect(await kindsIn(bench)).toEqual(['opened', 'clock', 'sale', 'sale']);
  });

  it('[R7] while the register is closed: told right behind the opening', async () => {
    const bench = await openTill();
    must(await bench.till.session.close({ counted: 10_000 }));
    bench.till.session.leaveClosed();
    bench.surroundings.time -= DAY;
    must(await bench.till.session.open(0));
    expect(await kindsIn(bench, 2)).toEqual(['opened', 'clock']);
    expect((await storedIn(bench, 2))[1]?.body).toEqual({ expected: '2026-11-21T09:00:00.000Z' });
  });

  it('[R7] before the till started: its last record tells', async () => {
    const first = await openTill();
    first.surroundings.pass(DAY);
    await sellLantern(first);
    const second = await openTillAgain(first.documents);
    await sellLantern(second);
    expect(await kindsIn(second)).toEqual(['opened', 'sale', 'clock', 'sale']);
  });

  it('[R7] what is refused anyway writes nothing, and a small step back is held', async () => {
    const bench = await openTill();
    await signIn(bench, 'mia');
    bench.surroundings.time += DAY;
    expect(codeOf(await bench.till.session.openDrawer(' '))).toBe('reason-missing');
    expect(await kindsIn(bench)).toEqual(['opened']);
    bench.surroundings.time -= DAY + 30_000;
    must(await bench.till.session.openDrawer('change'));
    const records = await storedIn(bench);
    expect(records.map(({ at }) => at)).toEqual(['2026-11-21T09:00:00.000Z', '2026-11-21T09:00:00.000Z']);
  });

  it('[R7] a clock record that no disk took is tried again first; the sale stays open and is made then', async () => {
    const bench = await openTill();
    bench.view.scan('5012345678900');
    must(bench.till.sale.startPaying());
    payCash(bench, 500);
    bench.surroundings.time += DAY;
    bench.documents.failHere = 'disk full';
    bench.documents.setConnected(false);
    expect(codeOf(await bench.till.completeSale())).toBe('record-unsaved');
    expect(bench.till.journal.unsaved?.kind).toBe('clock');
    bench.documents.failHere = undefined;
    must(await bench.till.retry());
    must(await bench.till.completeSale());
    expect(await kindsIn(bench)).toEqual(['opened', 'clock', 'sale']);
  });
});

describe('records the relay does not trust', () => {
  const doubt = (register: string, seq: number) => ({
    register,
    session: 1,
    seq,
    code: 'bad-signature',
    detail: `record ${seq}`,
  });
  const status = (quarantine: RelayStatus['quarantine']): RelayStatus => ({
    peers: [],
    targets: [],
    disk: 'ok',
    quarantine,
  });

  it('[E10] are told, and are neither listed nor found for a refund', async () => {
    const other = await openTill({ register: R2 });
    const receipt = await sellLantern(other);
    const quarantine: RelayStatus['quarantine'] = [];
    const bench = await startTill({ documents: other.documents, askRelay: async () => status(quarantine) });
    await bench.till.refresh();
    expect(bench.till.store.otherSales.map(({ body }) => body.receipt)).toEqual([receipt]);
    quarantine.push(doubt('S01-R2', 2));
    await bench.till.refresh();
    expect(bench.till.links.doubts).toEqual(quarantine);
    expect(bench.till.store.otherSales).toEqual([]);
    expect(await bench.till.store.findReceipt(receipt)).toEqual({ ok: true, value: undefined });
  });

  it('[E10] sold no basket: it stays on the list of what is parked, and can be sold', async () => {
    const other = await openTill({ register: R2 });
    other.view.scan('5012345678900');
    const { id } = other.till.sale.basket;
    must(await other.till.parked.park('Mrs Brown'));
    const [key] = (await other.documents.known()).filter((one) => one.class === 'parked');
    if (!key) throw new Error('nothing is parked');
    const parked = await other.documents.open(key);
    must(await other.till.parked.resume(id));
    must(other.till.sale.startPaying());
    payCash(other, 500);
    const { body } = must(await other.till.completeSale());
    const quarantine: RelayStatus['quarantine'] = [];
    const bench = await openTill({ documents: other.documents, askRelay: async () => status(quarantine) });
    // The entry is back, as it is where a till was away while the basket was resumed.
    other.documents.receive(key, parked);
    await bench.till.refresh();
    expect(bench.till.store.receiptOfBasket(id)).toBe(body.receipt);
    expect(bench.till.parked.baskets).toEqual([]);
    quarantine.push(doubt('S01-R2', 2));
    await bench.till.refresh();
    expect(bench.till.store.receiptOfBasket(id)).toBeUndefined();
    expect(bench.till.parked.baskets.map(({ name }) => name)).toEqual(['Mrs Brown']);
    must(await bench.till.parked.resume(id));
    must(bench.till.sale.startPaying());
    payCash(bench, 500);
    expect(must(await bench.till.completeSale()).body.basket).toBe(id);
  });

  it('[E10] of another number, session or register say nothing against a sale', async () => {
    const other = await openTill({ register: R2 });
    const receipt = await sellLantern(other);
    const quarantine = [doubt('R2', 3), { ...doubt('R2', 2), session: 2 }, doubt('R1', 2)];
    const bench = await startTill({ documents: other.documents, askRelay: async () => status(quarantine) });
    await bench.till.refresh();
    expect(await bench.till.store.findReceipt(receipt)).toMatchObject({ value: { body: { receipt } } });
    quarantine.push(doubt('R2', 2));
    await bench.till.refresh();
    expect(await bench.till.store.findReceipt(receipt)).toEqual({ ok: true, value: undefined });
  });
});
