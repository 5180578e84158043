import { moveEntry } from '#model/documents/ledger.ts';
import { bookedMoves } from '#model/ledger/ledger.ts';
import { holdsOfReplica, movesOfReplica } from './ledgers.ts';
import type { Oracle } from './oracles.ts';

/**
 * What every till that sells has in its latest session is booked, and nothing is held for its baskets any more: it writes both after each
 * sale and again at its start (rules G7 and G8), so neither a crash nor a refusing disk excuses it.
 */
export const ledgersAreBooked: Oracle = ({ shop, office }) => {
  const booked = new Set(movesOfReplica(office).map((move) => moveEntry(move).key));
  // The goods of a layaway are one basket wherever they are fetched: what another till holds for it is that till's.
  const held = new Set(
    holdsOfReplica(office).map(({ account, basket, register }) => `${account} ${basket} ${register}`),
  );
  return shop.tills.flatMap(({ run, machine, name }) => {
    if (run?.standing !== 'ready' || !run.documents.isLinked) return [];
    const sales = run.records.flatMap((record) => (record.kind === 'sale' ? [record] : []));
    const moves = sales.flatMap(({ body, at }) =>
      bookedMoves(body, at).map((move) => ({ ...move, basket: body.basket })),
    );
    return moves.flatMap((move) => [
      ...(booked.has(moveEntry(move).key) ? [] : [`${machine.name} has not booked ${moveEntry(move).key}`]),
      ...(held.has(`${move.account} ${move.basket} ${name}`)
        ? [`${machine.name} sold ${move.basket}, which still holds ${move.account}`]
        : []),
    ]);
  });
};
