import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { voucherText, type Voucher } from '#model/trust/voucher.ts';
import { TrustedDevices } from '../../sync-relay/trusted-devices.ts';
import { Vouchers } from '../../sync-relay/vouchers.ts';
import { testKey } from '../support/test-key.ts';
import { idOf } from '../support/trusted-relays.ts';

const CATALOG = idOf({ class: 'catalog', shard: 0 });
const HQ = testKey();
const OLD = [`${'0'.repeat(63)}1`];
const NEW = [`${'0'.repeat(63)}2`];

function word(heads: readonly string[]): Voucher {
  const text = voucherText({ document: CATALOG, heads: [...heads] });
  return { document: CATALOG, heads: [...heads], device: HQ.id, signature: HQ.sign(text) };
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
  };
}

function vouchersOn(disk: ReturnType<typeof diskOf>): Vouchers {
  const own = { id: 'ffffffffffffffff', key: testKey().publicKey, role: 'relay' as const };
  const anchors = { own, headOffice: { id: HQ.id, key: HQ.publicKey } };
  const trusted = new TrustedDevices(anchors, () => '2026-01-01T00:00:00.000Z');
  const log = pino({ level: 'silent' });
  return new Vouchers({ folder: 'documents', disk, trusted, signer: undefined, log });
}

describe('[E6] head office’s word for a state that is here in memory', () => {
  test('outlives an older word of a head office that lost the state, until the disk has taken the changes', async () => {
    const vouchers = vouchersOn(diskOf());
    expect(vouchers.take(word(NEW), 'hq')).toBe(true);
    vouchers.reach(CATALOG, NEW);
    expect(vouchers.take(word(OLD), 'hq')).toBe(true);
    vouchers.reach(CATALOG, NEW);
    expect(vouchers.of(CATALOG)).toBeUndefined();
    expect(vouchers.states(CATALOG)).toEqual([NEW, OLD]);
    expect(await vouchers.settle(CATALOG, NEW)).toBe(true);
    expect(vouchers.of(CATALOG)).toEqual(word(NEW));
  });

  test('is not passed on before the disk has that state', async () => {
    const vouchers = vouchersOn(diskOf());
    vouchers.take(word(NEW), 'hq');
    vouchers.reach(CATALOG, NEW);
    expect(await vouchers.settle(CATALOG, OLD)).toBe(false);
    expect(vouchers.of(CATALOG)).toBeUndefined();
  });

  test('is written again where the disk refused it, and then not any more', async () => {
    const disk = diskOf();
    const vouchers = vouchersOn(disk);
    disk.isFull = true;
    vouchers.take(word(NEW), 'hq');
    vouchers.reach(CATALOG, NEW);
    expect(await vouchers.settle(CATALOG, NEW)).toBe(true);
    expect(disk.written).toBe(0);
    disk.isFull = false;
    expect(await vouchers.settle(CATALOG, NEW)).toBe(false);
    expect(await vouchers.settle(CATALOG, NEW)).toBe(false);
    expect(disk.written).toBe(1);
    const again = vouchersOn(disk);
    await again.load([CATALOG]);
    expect(again.of(CATALOG)).toEqual(word(NEW));
  });

  test('that is said once more by another peer is not written once more', async () => {
    const disk = diskOf();
    const vouchers = vouchersOn(disk);
    for (const sender of ['hq', 'relay', 'hq']) {
      vouchers.take(word(NEW), sender);
      vouchers.reach(CATALOG, NEW);
      await vouchers.settle(CATALOG, NEW);
    }
    expect(disk.written).toBe(1);
  });
});
