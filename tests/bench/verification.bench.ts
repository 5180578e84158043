import { hash } from 'node:crypto';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { recordKey } from '#model/journal/record.ts';
import { recordText } from '#model/journal/chain.ts';
import type { Device } from '#model/trust/device.ts';
import { UNCHECKED, checkEntries, signatureJudge } from '../../sync-relay/journal-check.ts';
import { verifySignature } from '../../sync-relay/signature.ts';
import { ORGANIZATION } from '../support/journal-fixture.ts';
import { signedJournal } from '../support/signed-journal.ts';
import { deviceEntry, testKey } from '../support/test-key.ts';
import { besideBaseline, quantile, type BenchRow } from './row.ts';

const SALES = 1000;
const ROUNDS = 9;
const PLACE = { store: storeId(1), register: registerId(1) };

/** Microseconds for one of `count` things, the median of some rounds. */
function each(count: number, round: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    round();
    return performance.now() - start;
  });
  return (quantile(times, 0.5) / count) * 1000;
}

/** What it costs a relay to verify a journal, beside bare SHA-256 and bare Ed25519 of the same records. */
export function benchVerification(): Promise<BenchRow[]> {
  const key = testKey();
  const records = signedJournal(key, 1, SALES);
  const entries = records.map((record) => [recordKey(record.seq), [recordText(record)]] as const);
  const texts = records.map(recordText);
  const [text = ''] = Object.values(deviceEntry(key, PLACE));
  const judge = signatureJudge([JSON.parse(text) as Device], verifySignature);
  const address = { class: 'session' as const, organization: ORGANIZATION, ...PLACE, session: 1 };
  const check = (withSignature: boolean) => () => {
    const { faultCount } = checkEntries(address, UNCHECKED, entries, withSignature ? judge : () => undefined);
    if (faultCount > 0) throw new Error('the fixture does not verify');
  };
  const sha256 = each(texts.length, () => {
    for (const one of texts) hash('sha256', one, 'base64url');
  });
  const ed25519 = each(records.length, () => {
    for (const record of records) verifySignature(key.publicKey, record.hash, record.sig);
  });
  const baseline = { name: 'bare SHA-256 + bare Ed25519 verify', value: sha256 + ed25519 };
  const row = (name: string, value: number) => ({ name, value, unit: 'µs', target: '' });
  return Promise.resolve([
    besideBaseline(
      row('relay verifies one record: text, chain, signature', each(records.length, check(true))),
      baseline,
    ),
    besideBaseline(row('of it text and chain', each(records.length, check(false))), {
      name: 'bare SHA-256',
      value: sha256,
    }),
    row('bare Ed25519 verify', ed25519),
  ]);
}
