import { describe, expect, it } from 'vitest';
import { Training } from '../../../app/lib/training/training.svelte.ts';
import { KeptNotes, notesInMemory } from '../../../app/lib/till/kept-notes.ts';
import { trainingSurroundings } from '../../../app/lib/training/training-till.ts';
import type { TillParts } from '../../../app/lib/till/till-desks.ts';
import type { Till } from '../../../app/lib/till/till.svelte.ts';
import { Shop } from '../../../app/lib/till/shop.svelte.ts';
import {
  DEVICE_KEY,
  HeldSurroundings,
  approve,
  codeOf,
  must,
  openTill,
  payCash,
  personOf,
  sellLantern,
  sessionKey,
  signIn,
  type TillBench,
} from '../till/till-fixture.ts';

type TrainingBench = TillBench & { readonly training: Training; readonly runs: Set<() => void> };

/** A real till with somebody signed in and one sale made, and what leads into training. */
async function bench(person = 'mia'): Promise<TrainingBench> {
  const real = await openTill();
  await sellLantern(real);
  real.till.nextSale();
  if (person !== 'ana') {
    real.till.staff.signOut();
    await signIn(real, person);
  }
  const shop = new Shop();
  await shop.follow(real.documents);
  const parts: TillParts = {
    config: real.till.config,
    documents: real.documents,
    deviceKey: DEVICE_KEY,
    shop,
    surroundings: real.surroundings,
    notes: new KeptNotes(notesInMemory(real.disk), () => undefined),
    checkPin: async (pin) => pin === '1234',
    bridge: real.bridge,
    askRelay: async () => undefined,
  };
  const runs = new Set<() => void>();
  const training = new Training(real.till, parts, (run) => {
    runs.add(run);
    return () => runs.delete(run);
  });
  return { ...real, training, runs };
}

/** The till to practise on. */
function practice({ training }: TrainingBench): Till {
  if (!training.till) throw new Error('nobody is in training');
  return training.till;
}

/** Sells one lantern for cash, takes it back, parks another, counts and closes. */
async function practise(from: TrainingBench): Promise<void> {
  const till = practice(from);
  const inside = { ...from, till };
  const lantern = till.shop.productWithCode('5012345678900');
  if (!lantern) throw new Error('the test shop has no lantern');
  must(await till.session.open(5000));
  must(till.sale.addProduct(lantern));
  must(till.sale.startPaying());
  payCash(inside, 500);
  const { body } = must(await till.completeSale());
  till.nextSale();
  must(await till.refunds.find('T-1'));
  expect(till.refunds.found?.body.receipt).toBe(body.receipt);
  must(await till.refunds.takeBack(0, '1'));
  must(till.sale.startPaying());
  payCash(inside, -339);
  must(await till.completeSale());
  till.nextSale();
  must(till.sale.addProduct(lantern));
  must(await till.parked.park('practice'));
  must(await till.session.openDrawer('to look'));
  must(await till.session.close({ counted: 5000 }));
}

/** The bytes of everything the real documents hold. */
async function bytesOf({ documents }: TillBench): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const key of await documents.known())
    for (const [entry, text] of Object.entries(await documents.open(key)))
      all[`${JSON.stringify(key)} ${entry}`] = text;
  return all;
}

describe('training', () => {
  it('[V1] leaves every byte of the real till as it was, but for its beginning and end in the journal', async () => {
    const real = await bench();
    const before = await bytesOf(real);
    const perpetual = real.till.journal.state.head.totals;
    must(await real.training.enter());
    await practise(real);
    await real.training.leave();
    const after = await bytesOf(real);
    const added = Object.keys(after).filter((key) => before[key] === undefined);
    expect(Object.fromEntries(Object.entries(after).filter(([key]) => key in before))).toEqual(before);
    expect(added.map((key) => JSON.parse(after[key] ?? '{}').body)).toEqual([
      { change: 'entered' },
      { change: 'left', receipts: 2 },
    ]);
    expect(real.till.journal.state.head.totals).toEqual(perpetual);
    expect(await sellLantern(real)).toBe('S01-R1-000002');
    expect(Object.keys(await real.documents.open(sessionKey(1)))).toHaveLength(5);
  });

  it('[V2] prints papers that say so, under ids of their own each time, and opens no drawer', async () => {
    const real = await bench();
    const [papers, drawers] = [real.bridge.papers.length, real.bridge.drawers.length];
    for (let time = 0; time < 2; time++) {
      must(await real.training.enter());
      await practise(real);
      await practice(real).printing.sendWaiting();
      await real.training.leave();
    }
    const printed = real.bridge.papers.slice(papers);
    expect(printed).toHaveLength(6);
    expect(new Set(printed.map(({ jobId }) => jobId)).size).toBe(6);
    expect(printed.filter(({ openDrawer }) => openDrawer)).toEqual([]);
    expect(real.bridge.drawers).toHaveLength(drawers);
    for (const { paper } of printed) {
      expect(JSON.stringify(paper)).not.toMatch(/S01-R1-0|barcode/);
      expect(paper.title).toMatch(/^TRAINING /);
    }
    expect(JSON.stringify(printed[0]?.paper)).toContain('T-000001');
  });

  it('[V2] knows how its own papers are', async () => {
    const real = await bench();
    must(await real.training.enter());
    real.bridge.nextState = 'unknown';
    await practise(real);
    const { printing } = practice(real);
    await printing.sendWaiting();
    expect(printing.doubtful.map(({ jobId }) => jobId)).toContain('S01-R1-000001:receipt:1');
    await printing.answer('S01-R1-000001:receipt:1', true);
    expect(printing.paper('S01-R1-000001:receipt:1')?.state).toBe('printed');
    expect(real.till.printing.doubtful).toEqual([]);
  });

  it('[V3] is for who may; a cashier asks for an approval', async () => {
    const real = await bench('ana');
    const entering = real.training.enter();
    await approve(real);
    must(await entering);
    expect(real.till.journal.records.at(-1)).toMatchObject({
      kind: 'training',
      by: 'ana',
      approvedBy: 'mia',
    });
    expect(practice(real).signIn.person).toBe('ana');
  });

  it('[V3] does not begin while a sale is open', async () => {
    const real = await bench();
    real.view.scan('5012345678900');
    expect(codeOf(await real.training.enter())).toBe('basket-not-empty');
    expect(real.training.till).toBeUndefined();
  });

  it('[V3] leads back signed in for the same person, signed out for another', async () => {
    const real = await bench();
    must(await real.training.enter());
    await real.training.leave();
    expect(real.till.signIn.person).toBe('mia');
    must(await real.training.enter());
    const till = practice(real);
    till.staff.signOut();
    must(await till.signIn.signIn(personOf(till, 'luis'), '1234'));
    await real.training.leave();
    expect(real.till.signIn.person).toBeUndefined();
    expect(real.training.till).toBeUndefined();
    expect(real.runs.size).toBe(0);
  });

  it('[V1] forgets its notes, and counts wrong PINs with the real ones', () => {
    const real = new HeldSurroundings();
    real.writeNote('outbox', '[]');
    real.writeNote('tab:signed-in', 'mia');
    const inside = trainingSurroundings(real);
    inside.writeNote('outbox', 'practice');
    inside.writeNote('tab:signed-in', undefined);
    inside.writeNote('tries:mia', '3 9');
    expect([inside.readNote('outbox'), inside.readNote('tab:signed-in')]).toEqual(['practice', undefined]);
    expect(Object.fromEntries(real.notes)).toEqual({
      outbox: '[]',
      'tab:signed-in': 'mia',
      'tries:mia': '3 9',
    });
  });
});
