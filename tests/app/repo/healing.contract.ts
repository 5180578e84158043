import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Entries } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { Documents } from '../../../app/lib/repo/documents.ts';
import { collect, session } from './documents.contract.ts';
import { PATIENCE } from '../../support/patience.ts';

/** A terminal's documents at a relay that can leave out what the terminal writes. */
export type HealingSubject = {
  readonly documents: Documents;
  /** Another terminal writes. */
  readonly peerWrites: (
    key: DocumentKey,
    changes: Readonly<Record<string, string | undefined>>,
  ) => Promise<void>;
  /** What everyone else sees. */
  readonly peerReads: (key: DocumentKey) => Promise<Entries>;
  /** From now on the relay leaves out what this terminal writes to a document. */
  readonly forbid: (key: DocumentKey) => Promise<void>;
  readonly cut: () => Promise<void>;
  readonly restore: () => Promise<void>;
  readonly end: () => Promise<void>;
};

const RELAY_WAIT = 10_000;
const STAFF: DocumentKey = { class: 'staff' };
const REFUSED = 'this device may not change this document';

/** What every implementation of the port does about changes the relay leaves out. */
export function healingContract(name: string, start: () => Promise<HealingSubject>): void {
  describe(`healing in the documents port: ${name}`, () => {
    let subject: HealingSubject;
    let documents: Documents;
    let heard: ReturnType<typeof collect>;
    beforeEach(async () => {
      subject = await start();
      ({ documents } = subject);
      heard = collect(documents);
      await vi.waitFor(
        async () => expect(await documents.caughtUp(STAFF, RELAY_WAIT)).toBe('caught-up'),
        PATIENCE,
      );
      await subject.peerWrites(STAFF, { kept: '1', changed: 'theirs' });
      await vi.waitFor(
        async () => expect(await documents.open(STAFF)).toEqual({ kept: '1', changed: 'theirs' }),
        PATIENCE,
      );
      await subject.forbid(STAFF);
      await linked();
    });
    afterEach(() => subject.end());
    /** A document of our own goes to the relay and back. */
    const linked = () =>
      vi.waitFor(async () => {
        const saved = await documents.writeDurably(session(1), { own: '1' }, RELAY_WAIT);
        expect(saved).toEqual({ here: 'saved', relay: 'saved' });
      }, PATIENCE);
    const heals = () => heard.events.filter((event) => event.type === 'healed');
    const refusedWrite = async (changes: Readonly<Record<string, string>>) => {
      const before = heals().length;
      await expect(documents.writeDurably(STAFF, changes, RELAY_WAIT)).rejects.toThrow(REFUSED);
      await vi.waitFor(() => expect(heals()).toHaveLength(before + 1), PATIENCE);
    };

    test("[E7] a refused write is told, and the relay's copy takes the place of ours", async () => {
      await refusedWrite({ changed: 'ours', added: '2' });
      expect(heals()).toEqual([
        { type: 'healed', key: STAFF, lost: expect.toSatisfy(isSameSet('changed', 'added')) },
      ]);
      expect(await documents.open(STAFF)).toEqual({ kept: '1', changed: 'theirs' });
      expect(await subject.peerReads(STAFF)).toEqual({ kept: '1', changed: 'theirs' });
    });

    test('[E7] who follows the events knows the same as who opens the document anew', async () => {
      await refusedWrite({ changed: 'ours', added: '2' });
      expect(heard.entriesOf(STAFF)).toEqual({ kept: '1', changed: 'theirs' });
    });

    test('[E7] the copy of before is put aside', async () => {
      expect(await documents.archived()).toEqual([]);
      await refusedWrite({ added: '2' });
      expect(await documents.archived()).toEqual([
        { key: STAFF, at: expect.stringMatching(/^\d{4}-.*Z$/), bytes: expect.any(Uint8Array) },
      ]);
    });

    test('[E7] what others write later arrives, and our other documents go on', async () => {
      await refusedWrite({ added: '2' });
      await subject.peerWrites(STAFF, { later: '3' });
      const known = { kept: '1', changed: 'theirs', later: '3' };
      await vi.waitFor(async () => expect(await documents.open(STAFF)).toEqual(known), PATIENCE);
      await vi.waitFor(() => expect(heard.entriesOf(STAFF)).toEqual(known), PATIENCE);
      await linked();
      expect(await documents.writeDurably(session(1), { more: '2' }, RELAY_WAIT)).toEqual({
        here: 'saved',
        relay: 'saved',
      });
    });

    test('[E7] a healed document is not healed again when the relay comes back', async () => {
      await refusedWrite({ added: '2' });
      await subject.cut();
      await vi.waitFor(
        () => expect(heard.events).toContainEqual({ type: 'link', connected: false }),
        PATIENCE,
      );
      await subject.restore();
      await linked();
      await subject.peerWrites(STAFF, { later: '3' });
      await vi.waitFor(
        async () => expect(await documents.open(STAFF)).toEqual({ kept: '1', changed: 'theirs', later: '3' }),
        PATIENCE,
      );
      expect(heals()).toHaveLength(1);
    });

    test('[E7] a second refused write is healed like the first', async () => {
      await refusedWrite({ added: '2' });
      await refusedWrite({ changed: 'ours again' });
      expect(heals()[1]).toEqual({ type: 'healed', key: STAFF, lost: ['changed'] });
      expect(await documents.open(STAFF)).toEqual({ kept: '1', changed: 'theirs' });
      expect(await documents.archived()).toHaveLength(2);
    });
  });
}

const isSameSet =
  (...wanted: readonly string[]) =>
  (given: unknown) =>
    Array.isArray(given) && [...given].sort().join() === [...wanted].sort().join();
