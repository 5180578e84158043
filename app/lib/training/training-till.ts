import { deviceKeyOf, newDeviceKey } from '../device/device-key.ts';
import { MemoryDocuments } from '../repo/memory-documents.ts';
import type { Surroundings } from '../surroundings.ts';
import type { TillParts } from '../till/till-desks.ts';
import { KeptNotes, notesInMemory } from '../till/kept-notes.ts';
import { Till } from '../till/till.svelte.ts';
import { TrainingCards } from './training-cards.ts';
import { TrainingBridge } from './training-bridge.ts';

/** Wrong PINs count wherever they are typed (rule S2). */
const isShared = (key: string) => key.startsWith('tries:');

/** The surroundings of a training: notes begin as they are and are forgotten with it. */
export function trainingSurroundings(real: Surroundings): Surroundings {
  const notes = new Map<string, string | undefined>();
  const own = (key: string) => key.startsWith('tab:') && !notes.has(key);
  return {
    now: () => real.now(),
    uptime: () => real.uptime(),
    newId: () => real.newId(),
    afterPaint: (run) => real.afterPaint(run),
    // Who is signed in comes along; what waits for a printer or was not saved does not.
    readNote: (key) => (isShared(key) || own(key) ? real.readNote(key) : notes.get(key)),
    writeNote: (key, text) => (isShared(key) ? real.writeNote(key, text) : void notes.set(key, text)),
  };
}

/**
 * Starts a till like the real one in memory of its own, over the same shop and people (rule V1): its documents reach nobody, its
 * records are signed with a key that no device has.
 */
export async function startTrainingTill(real: TillParts): Promise<Till> {
  const till = new Till({
    ...real,
    documents: new MemoryDocuments(),
    deviceKey: deviceKeyOf(await newDeviceKey()),
    surroundings: trainingSurroundings(real.surroundings),
    notes: new KeptNotes(notesInMemory(), () => undefined),
    bridge: new TrainingBridge(real.bridge, real.surroundings.newId()),
    cards: real.cards && new TrainingCards(),
    mail: undefined,
    heard: Promise.resolve(),
    training: true,
  });
  await till.start();
  return till;
}
