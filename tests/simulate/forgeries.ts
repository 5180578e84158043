import { receiptNumber, registerName } from '#model/ids/register-id.ts';
import { hashRecord, recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord, type RecordOf } from '#model/journal/record.ts';
import type { Dice } from './dice.ts';
import { tellUnlessRefused } from './disk.ts';
import { readRecord } from './reading.ts';
import { idOf, type Shop } from './shop.ts';
import type { TillHost } from './till-host.ts';
import type { TillRun } from './till-run.ts';

type Sale = RecordOf<'sale'>;

/** What is wrong with a forged record besides its signature: a number far ahead, another forerunner, or a hash of other content. */
type Flaw = 'gap' | 'broken-link' | 'altered';

/**
 * Somebody who holds a till's relay, or that till when it is broken, writes a sale that was never made into an earlier session of another
 * register. Its signature is nobody's, that of a till that may not, or, where the hash is of other content, a real one of an honest sale.
 */
export async function forge(shop: Shop, till: TillHost, other: TillHost, dice: Dice): Promise<void> {
  const { run, name } = till;
  // A till that finds nonsense in the session it works in rightly stops.
  const over = run?.sales().filter((one) => isOf(one, name) && one.session < run.state.session) ?? [];
  const sale = dice.pick(over);
  const last = sale && run && lastOf(run, sale);
  if (sale === undefined || last === undefined || other.name === name || other.home.relay === undefined)
    return;
  const flaw = dice.pick<Flaw>(['gap', 'broken-link', 'altered']) ?? 'gap';
  const forged = FORGERIES[flaw](sale, last, dice);
  const hash = flaw === 'altered' ? sale.hash : hashRecord(forged);
  const sig = flaw === 'altered' ? sale.sig : dice.chance(0.5) ? other.key.sign(hash) : 'A'.repeat(86);
  const text = recordText({ ...forged, hash, sig });
  const { store, register, session } = sale;
  const key = { class: 'session' as const, store, register, session };
  // To write over a record is another attack; so nobody continues a session that a twin may have continued, or that is longer there.
  const there =
    (await other.home.relay
      .held(idOf(key))
      ?.entries()
      .catch(tellUnlessRefused(shop.ledger.broken, 'what is forged'))) ?? {};
  const isTaken = there[recordKey(forged.seq)] !== undefined || shop.ledger.cloned.has(name);
  if (flaw !== 'gap' && isTaken) return;
  shop.ledger.count(`forged: ${flaw}`);
  shop.ledger.forged.push({ register: name, seq: forged.seq, basket: forged.body.basket, text });
  await other.home.write(key, { [recordKey(forged.seq)]: text });
}

const FORGERIES: Readonly<Record<Flaw, (sale: Sale, last: JournalRecord, dice: Dice) => Sale>> = {
  gap: (sale, _last, dice) => ({
    ...sale,
    seq: sale.seq + dice.between(1, 3) * 100_000,
    body: { ...sale.body, basket: dice.hex(8) },
  }),
  'broken-link': (sale, last, dice) => following(sale, last, last.prev, dice),
  altered: (sale, last, dice) => following(sale, last, last.hash, dice),
};

/** The same sale once more as the next of its session, with everything right but its forerunner. */
function following(sale: Sale, last: JournalRecord, prev: string, dice: Dice): Sale {
  const { total } = sale.body;
  const { receipts, signed, absolute } = last.totals;
  const receipt = receiptNumber(sale.store, sale.register, receipts + 1);
  return {
    ...sale,
    seq: last.seq + 1,
    prev,
    totals: { receipts: receipts + 1, signed: signed + total, absolute: absolute + Math.abs(total) },
    body: { ...sale.body, receipt, basket: dice.hex(8) },
  };
}

/** The last record of a sale's session, as a till knows it. */
function lastOf({ documents }: TillRun, { store, register, session }: Sale): JournalRecord | undefined {
  const { entries } = documents.doc(idOf({ class: 'session', store, register, session }));
  const last = Object.keys(entries).sort().at(-1);
  return last === undefined ? undefined : readRecord(String(entries[last]));
}

function isOf({ store, register }: JournalRecord, name: string): boolean {
  return registerName(store, register) === name;
}
