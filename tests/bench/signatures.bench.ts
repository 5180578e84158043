import { createHash, createPublicKey, sign, verify } from 'node:crypto';
import { deviceKeyOf, importPrivateKey } from '../../app/lib/device/device-key.ts';
import { judgeSignature } from '../../reports-indexer/signatures.ts';
import { TEST_KEY, TEST_PUBLIC_KEY, makeShop, terminalOf } from '../support/journal-fixture.ts';
import { besideBaseline, quantile, type BenchRow } from './row.ts';

const ROUNDS = 7;

/** Microseconds a record, the middle of some rounds. */
async function middle(count: number, round: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    await round();
    times.push(((performance.now() - start) / count) * 1000);
  }
  return quantile(times, 0.5);
}

/** What a signature costs: one after the other as a till signs, many at once as the indexer verifies. */
export async function benchSignatures(): Promise<BenchRow[]> {
  const [journal] = makeShop(7, { stores: 1, registers: 1, sessions: 1, salesPerSession: 1000 });
  if (!journal) throw new Error('the fixture made no journal');
  const { store, register, records } = journal;
  const id = '0123456789abcdef';
  const privateKey = await importPrivateKey(
    new Uint8Array(TEST_KEY.export({ format: 'der', type: 'pkcs8' })),
  );
  const key = deviceKeyOf({ id, publicKey: TEST_PUBLIC_KEY, privateKey });
  const devices = [terminalOf(store, register)];
  const publicKey = createPublicKey(TEST_KEY);
  const data = records.map(({ hash, sig }) => [Buffer.from(hash), Buffer.from(sig, 'base64url')] as const);
  const per = (round: () => unknown) => middle(records.length, round);
  const signing = await per(async () => {
    for (const { hash } of records) await key.sign(hash);
  });
  const bareSigning = await per(() => data.forEach(([hash]) => sign(null, hash, TEST_KEY)));
  const verifying = await per(() => Promise.all(records.map((record) => judgeSignature(record, devices))));
  const bareVerifying = await per(() => data.forEach(([hash, sig]) => verify(null, hash, publicKey, sig)));
  const hashing = await per(() =>
    records.forEach((r) => createHash('sha256').update(JSON.stringify(r)).digest()),
  );
  const row = (name: string, value: number, baseline: NonNullable<BenchRow['baseline']>) =>
    besideBaseline({ name, value, unit: 'µs', target: '' }, baseline);
  return [
    row('signing a record with a device key', signing, { name: 'bare Ed25519', value: bareSigning }),
    row('verifying a record’s signature, many at once', verifying, {
      name: 'bare Ed25519',
      value: bareVerifying,
    }),
    row('bare Ed25519 verification', bareVerifying, { name: 'SHA-256 of the record', value: hashing }),
  ];
}
