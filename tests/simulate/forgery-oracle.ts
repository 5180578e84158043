import type { Indexed } from './indexed.ts';
import type { Forged } from './ledger.ts';
import type { Oracle } from './oracles.ts';
import { recordTexts } from './replica.ts';
import type { Shop } from './shop.ts';

/** Where the index keeps what does not count. */
const ASIDE = 'set_aside';

/**
 * What was forged is nowhere among what counts: not in the index, whose sums are those of the records that count, and at no till. Where
 * it is kept, every relay that holds it tells of it, head office with the same words, and so does the index.
 */
export const forgeriesAreTold: Oracle = ({ shop, office, indexed, rebuilt }) => {
  const { forged } = shop.ledger;
  const kept = new Set(recordTexts(office));
  return [
    ...[indexed, rebuilt].flatMap((index) => [...countedIn(index, forged), ...wrongSums(index)]),
    ...forged.flatMap((one) => soldAgain(shop, one)),
    ...forged
      .filter(({ text }) => kept.has(text))
      .flatMap((one) => [...untold(shop, one), ...unseen(indexed, one)]),
  ];
};

function countedIn({ database }: Indexed, forged: readonly Forged[]): string[] {
  const names = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all();
  return names.flatMap(({ name }) => {
    if (name === ASIDE || forged.length === 0) return [];
    const rows = database
      .prepare(`SELECT * FROM "${String(name)}"`)
      .all()
      .map((row) => JSON.stringify(row));
    return forged
      .filter(({ basket }) => rows.some((row) => row.includes(basket)))
      .map(({ register, seq }) => `${register}: forged record ${seq} is in the table ${String(name)}`);
  });
}

/** A session's sums are those of its records that count, each of which is there once. */
function wrongSums({ database }: Indexed): string[] {
  const rows = database
    .prepare(
      `SELECT store || '-' || register || '#' || session AS name, records, gross,
         (SELECT count(*) FROM record r WHERE r.store = s.store AND r.register = s.register AND r.session = s.session) AS counted,
         (SELECT coalesce(sum(total), 0) FROM sale f WHERE f.store = s.store AND f.register = s.register AND f.session = s.session) AS sold
       FROM session s`,
    )
    .all();
  return rows
    .filter(({ records, gross, counted, sold }) => records !== counted || gross !== sold)
    .map(
      (row) =>
        `${String(row['name'])}: ${String(row['gross'])} in the report, its records make ${String(row['sold'])}`,
    );
}

function soldAgain({ tills }: Shop, { register, seq, basket }: Forged): string[] {
  return tills
    .filter(({ run }) => run?.sales().some(({ body }) => body.basket === basket))
    .map(({ machine }) => `${machine.name} takes forged record ${seq} of ${register} for a sale`);
}

function untold({ hq, allRelays }: Shop, { register, seq }: Forged): string[] {
  const told = ({ quarantine }: (typeof allRelays)[number]) =>
    quarantine
      .filter((fault) => fault.register === register && fault.seq === seq)
      .map(({ session, code }) => `${session} ${code}`)
      .sort()
      .join();
  const wanted = told(hq);
  const holding = allRelays.filter(({ store }) => store === undefined || register.startsWith(`${store}-`));
  return holding.flatMap((relay) => {
    if (told(relay) === '')
      return [`${relay.machine.name} does not list forged record ${seq} of ${register}`];
    if (told(relay) === wanted) return [];
    return [
      `${relay.machine.name} lists record ${seq} of ${register} as ${told(relay)}, head office as ${wanted}`,
    ];
  });
}

function unseen({ database }: Indexed, { register, seq }: Forged): string[] {
  const found = database
    .prepare(
      `SELECT code FROM exception WHERE store || '-' || register = ? AND seq = ? AND code IN ('altered', 'bad-signature')`,
    )
    .all(register, seq);
  return found.length > 0 ? [] : [`the index does not list forged record ${seq} of ${register}`];
}
