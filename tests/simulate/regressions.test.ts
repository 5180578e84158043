import * as A from '@automerge/automerge';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { FIRST_CHANGE } from '#model/documents/first-change.ts';
import { registerId } from '#model/ids/register-id.ts';
import { Indexer } from '../../reports-indexer/indexer.ts';
import { entriesSince } from '../../sync-relay/journal-entries.ts';
import { dump, freshReports } from '../indexer/flatten-fixture.ts';
import { ORGANIZATION, type EntriesDocument } from '../support/stock-peer.ts';
import { STORE, idOf } from './shop.ts';
import { simulate } from './simulation.ts';
import { drawPlan, type Plan } from './steps.ts';

const step = (kind: Plan['steps'][number]['kind'], till: number, draw: number, wait = 600) => ({
  kind,
  till,
  other: 0,
  wait,
  draw,
});

test('[N2] a till whose full disk left a sale at the relay alone does not give its number again after a crash', async () => {
  const { faults, counts } = await simulate({
    seed: 115,
    tills: 3,
    steps: [
      step('sell', 1, 1_580_973_338),
      // This draw fills the disk of the second till.
      step('disk', 1, 3),
      step('sell', 1, 1_079_673_041),
      step('crash-till', 1, 1),
      step('boot', 1, 1),
      step('sell', 1, 1_655_922_359),
      step('sell', 1, 7),
    ],
  });
  expect(faults).toEqual([]);
  expect(counts.get('saved at the relay only')).toBeGreaterThan(0);
}, 120_000);

let draws = 100;
/** A step at one of two tills, with a draw of its own; the draw 1 means the disk (`disk`) or the relay (`wipe`) of the first. */
const at = (till: 0 | 1, kind: Plan['steps'][number]['kind'], wait = 3_000) =>
  step(kind, till, kind === 'disk' || kind === 'wipe' ? 1 : draws++, wait);
const OPENING = [at(0, 'sell'), at(1, 'sell'), at(0, 'sell'), at(1, 'sell')];

test('[H5] a sale that no disk took is kept in the end, although its basket is known to be sold elsewhere by then', async () => {
  // Of seed 45000: the till was blamed for a record that nobody had tried again, for a sale of that basket does not begin.
  const { faults, counts } = await simulate({
    seed: 45000,
    tills: 2,
    steps: [...OPENING, at(0, 'park', 6_000), at(0, 'disk'), at(0, 'crash-relay'), at(0, 'resume-apart')],
  });
  expect(faults).toEqual([]);
  expect(counts.get('not saved')).toBe(1);
  expect(counts.get('sale')).toBe(4);
}, 120_000);

test('[R18] a number that only another relay still has is not given again by a till whose disk and relay both lost it', async () => {
  const { faults, counts } = await simulate({
    seed: 52135,
    tills: 2,
    steps: [
      ...OPENING,
      at(0, 'disk'),
      at(0, 'sell'),
      at(0, 'sell', 6_000),
      at(0, 'crash-till'),
      at(0, 'isolate'),
      at(0, 'wipe'),
      at(0, 'boot', 12_000),
      at(0, 'sell'),
      at(0, 'sell'),
    ],
  });
  expect(faults).toEqual([]);
  expect(counts.get('saved at the relay only')).toBe(2);
}, 120_000);

test('[G2] a card that two receipts of one number moved, which a clone made, is not said to lack what one of them took', async () => {
  const { faults, counts } = await simulate({
    seed: 2002,
    tills: 5,
    steps: [
      { kind: 'disk', till: 128, other: 342, wait: 852, draw: 1479074561 },
      { kind: 'discount', till: 467, other: 275, wait: 512, draw: 241439024 },
      { kind: 'clone', till: 762, other: 381, wait: 83, draw: 945301069 },
      { kind: 'sell', till: 864, other: 984, wait: 90, draw: 829480555 },
      { kind: 'sell', till: 443, other: 414, wait: 775, draw: 263575778 },
      { kind: 'sell', till: 98, other: 634, wait: 784, draw: 1215471652 },
      { kind: 'refund', till: 518, other: 815, wait: 511, draw: 837404330 },
      { kind: 'spend', till: 390, other: 432, wait: 599, draw: 1704072717 },
      { kind: 'sell', till: 209, other: 677, wait: 584, draw: 7330422 },
    ],
  });
  expect(faults).toEqual([]);
  expect(counts.get('step: clone')).toBe(1);
}, 120_000);

test('[F3] a basket that a till and its clone sold as one receipt number is a fork and not sold twice', async () => {
  const { faults, counts } = await simulate({
    seed: 40000,
    tills: 5,
    steps: [
      { kind: 'sell', till: 989, other: 979, wait: 51, draw: 173061352 },
      { kind: 'clone', till: 834, other: 174, wait: 257, draw: 697912180 },
      { kind: 'discount', till: 351, other: 597, wait: 337, draw: 72542362 },
      { kind: 'sell', till: 754, other: 688, wait: 835, draw: 305223715 },
      { kind: 'park', till: 201, other: 582, wait: 173, draw: 1896695330 },
      { kind: 'resume-apart', till: 790, other: 20, wait: 259, draw: 767969846 },
    ],
  });
  expect(faults).toEqual([]);
  expect(counts.get('step: resume-apart')).toBe(1);
}, 120_000);

test('[D15] a record that a till could not save takes the place of none that its clone made under the same number', async () => {
  const { faults, counts } = await simulate({
    seed: 54022,
    tills: 5,
    steps: [
      { kind: 'disk', till: 832, other: 76, wait: 770, draw: 1144766082 },
      { kind: 'clone', till: 925, other: 472, wait: 358, draw: 386907659 },
      { kind: 'cash', till: 584, other: 544, wait: 576, draw: 328352417 },
      { kind: 'weather', till: 797, other: 875, wait: 149, draw: 876661584 },
      { kind: 'sell', till: 942, other: 272, wait: 306, draw: 330386556 },
      { kind: 'sell', till: 311, other: 537, wait: 489, draw: 459136608 },
      { kind: 'close', till: 876, other: 396, wait: 623, draw: 1791900465 },
    ],
  });
  expect(faults).toEqual([]);
  expect(counts.get('not saved')).toBe(1);
}, 120_000);

test('[G10] a layaway whose deposit a newer app took is open while something is left of that', async () => {
  // Of seed 54005: the tills were blamed for listing it, because nobody here reads the receipt of the deposit.
  const { faults, counts } = await simulate({
    seed: 54005,
    tills: 5,
    steps: [
      { kind: 'sell', till: 377, other: 822, wait: 531, draw: 602917612 },
      { kind: 'upgrade', till: 7, other: 528, wait: 96, draw: 1911885101 },
      { kind: 'sell', till: 240, other: 784, wait: 510, draw: 1133588646 },
      { kind: 'sell', till: 221, other: 494, wait: 399, draw: 2109174640 },
      { kind: 'sell', till: 349, other: 139, wait: 778, draw: 252307843 },
      { kind: 'sell', till: 833, other: 884, wait: 181, draw: 14481632 },
      { kind: 'crash-till', till: 494, other: 641, wait: 686, draw: 518408417 },
      { kind: 'layaway', till: 837, other: 581, wait: 626, draw: 626374925 },
      { kind: 'layaway', till: 376, other: 112, wait: 481, draw: 1357674713 },
      { kind: 'resume', till: 209, other: 438, wait: 384, draw: 2045973641 },
      { kind: 'pick-up-apart', till: 565, other: 306, wait: 848, draw: 1921967667 },
      { kind: 'boot', till: 898, other: 558, wait: 683, draw: 59690978 },
      { kind: 'pay-in', till: 224, other: 889, wait: 596, draw: 755547659 },
      { kind: 'pick-up', till: 250, other: 699, wait: 636, draw: 992164867 },
    ],
  });
  expect(faults).toEqual([]);
  expect(counts.get('step: upgrade')).toBe(1);
}, 120_000);

test('[E6] a head office that lost its disk gets back what a relay’s full disk took only after head office had said another word', async () => {
  const { faults, counts } = await simulate({
    seed: 51000,
    tills: 4,
    steps: [
      { kind: 'image', till: 108, other: 436, wait: 570, draw: 368540515 },
      { kind: 'freeze', till: 847, other: 297, wait: 516, draw: 584683848 },
      { kind: 'sell', till: 545, other: 385, wait: 715, draw: 28545067 },
      { kind: 'join', till: 476, other: 559, wait: 718, draw: 1885512740 },
      { kind: 'disk', till: 654, other: 37, wait: 90, draw: 1616376447 },
      { kind: 'boot', till: 160, other: 696, wait: 785, draw: 115337819 },
      { kind: 'sell', till: 838, other: 970, wait: 641, draw: 1060494841 },
      { kind: 'sell', till: 604, other: 850, wait: 692, draw: 326403591 },
      { kind: 'rollback', till: 974, other: 861, wait: 501, draw: 1942139877 },
      { kind: 'staff', till: 648, other: 980, wait: 869, draw: 813995057 },
      { kind: 'close', till: 619, other: 370, wait: 721, draw: 1250094288 },
      { kind: 'park', till: 192, other: 663, wait: 879, draw: 1512819502 },
    ],
  });
  expect(faults).toEqual([]);
  expect(counts.get('step: rollback')).toBeGreaterThan(0);
}, 120_000);

test('[W15] a store gives head office back what an older word vouches for alone, after a newer one of a head office that had lost it', async () => {
  // Of seed 60031: a relay and its till differed from head office in the acknowledgements of a register for good.
  const { tills, steps } = drawPlan(60031, 5, 600);
  const needed = steps.filter((_, at) => at >= 378 && at < 474 && ![383, 465, 469].includes(at));
  const { faults, counts } = await simulate({ seed: 60031, tills, steps: needed });
  expect(faults).toEqual([]);
  expect(counts.get('step: rollback')).toBeGreaterThan(0);
}, 120_000);

/** A card of little value, of which the second till holds all for a basket that is never paid; then the first till asks for it. */
const held = (...between: Plan['steps']): Plan => ({
  seed: 6,
  tills: 2,
  steps: [
    step('sell', 0, 1),
    step('sell', 1, 2),
    step('sell', 0, 3),
    step('sell', 1, 4),
    step('gift-card', 0, 80),
    step('spend', 1, 8),
    ...between,
    step('spend', 0, 101),
  ].map((one) => ({ ...one, wait: 6_000 })),
});

test('[G8] a card that is held for a basket is not spent elsewhere, and is when nobody came for a quarter of an hour', async () => {
  const meanwhile = await simulate(held());
  expect(meanwhile.faults).toEqual([]);
  expect(meanwhile.counts.get('refused: account-held')).toBe(1);
  expect(meanwhile.counts.get('sale')).toBe(3);
  const later = await simulate(held(step('lull', 0, 1)));
  expect(later.faults).toEqual([]);
  expect(later.counts.get('refused: account-held')).toBeUndefined();
  expect(later.counts.get('sale')).toBe(4);
}, 120_000);

/** Three records under one number, each written by a device that knew of none of the others; the last one is never shown. */
function threeClones(): readonly A.Doc<EntriesDocument>[] {
  return ['ff', 'bb', 'aa'].map((actor) => {
    const doc = A.loadIncremental(A.init<EntriesDocument>({ actor: `${actor}00` }), FIRST_CHANGE);
    return A.change(doc, { time: 0 }, (draft) => {
      draft.entries['000000001'] = new A.ImmutableString(`record of ${actor}`);
    });
  });
}

test('[J7] a third record under one number is indexed, although Automerge says nothing of it', async () => {
  const id = idOf({ class: 'session', store: STORE, register: registerId(1), session: 1 });
  const index = async (docs: readonly (readonly A.Doc<EntriesDocument>[])[]) => {
    const { writer, database } = freshReports();
    const tasks: (() => void)[] = [];
    const indexer = new Indexer({
      writer,
      log: pino({ level: 'silent' }),
      schedule: (task) => tasks.push(task),
      now: () => '2026-01-05T08:00:00.000Z',
      onIndexed: () => undefined,
      onDamaged: (error) => {
        throw error;
      },
    });
    let [doc, sync] = [A.init<EntriesDocument>(), A.initSyncState()];
    writer.setOrganization(ORGANIZATION);
    indexer.linkUp((_, data) => ([doc, sync] = A.receiveSyncMessage(doc, sync, data)));
    for (const batch of docs) {
      for (const one of batch) doc = A.merge(doc, one);
      for (let said = 0; said < 5; said++) {
        const [next, message] = A.generateSyncMessage(doc, sync);
        sync = next;
        if (message) indexer.receive(id, message);
      }
      for (const task of tasks.splice(0)) task();
      await writer.write([]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return dump(database);
  };
  const [one, two, three] = threeClones();
  if (!one || !two || !three) throw new Error('three were made');
  expect(await index([[one], [two], [three]])).toEqual(await index([[one, two, three]]));
});

test('[J7] a third record under one number is looked at by the relays', () => {
  const [one, two, three] = threeClones();
  if (!one || !two || !three) throw new Error('three were made');
  const before = A.merge(A.merge(A.init<EntriesDocument>(), one), two);
  const heads = A.getHeads(before);
  const found = entriesSince(A.merge(before, three), heads);
  expect(found.entries.map(([, values]) => values.length)).toEqual([3]);
});
