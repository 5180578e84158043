import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Entries } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import type { Documents, DocumentsEvent } from '../../../app/lib/repo/documents.ts';
import { PATIENCE } from '../../support/patience.ts';

/** A terminal's documents with a relay and another terminal behind it. */
export type ContractSubject = {
  readonly documents: Documents;
  /** Another terminal writes; resolves when the write is on its way. */
  readonly peerWrites: (
    key: DocumentKey,
    changes: Readonly<Record<string, string | undefined>>,
  ) => Promise<void>;
  /** What the other terminal sees. */
  readonly peerReads: (key: DocumentKey) => Promise<Entries>;
  /** Takes the relay away. */
  readonly cut: () => Promise<void>;
  /** Brings the relay back. */
  readonly restore: () => Promise<void>;
  readonly end: () => Promise<void>;
};

/** The session document of one register. */
export const session = (number: number): DocumentKey => ({
  class: 'session',
  store: storeId(1),
  register: registerId(2),
  session: number,
});

/** Collects events from now on. */
export function collect(documents: Documents) {
  const events: DocumentsEvent[] = [];
  documents.watch((event) => events.push(event));
  return {
    events,
    /** The `changed` events of one document. */
    of: (key: DocumentKey) =>
      events.filter((event) => event.type === 'changed' && JSON.stringify(event.key) === JSON.stringify(key)),
    /** What a reader of these events only would know of a document. */
    entriesOf: (key: DocumentKey): Entries => {
      const entries = new Map<string, string>();
      for (const event of events) {
        if (event.type !== 'changed' || JSON.stringify(event.key) !== JSON.stringify(key)) continue;
        for (const { key: name, text } of event.changes) {
          if (text === undefined) entries.delete(name);
          else entries.set(name, text);
        }
      }
      return Object.fromEntries(entries);
    },
  };
}

/** Long enough for a relay that is there, in milliseconds; what is tested is that it is not used up. */
const RELAY_WAIT = 10_000;
const numbered = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [String(i + 1).padStart(9, '0'), `{"n":${i}}`]));

/** What every implementation of the port does. */
export function documentsContract(name: string, start: () => Promise<ContractSubject>): void {
  describe(`the documents port: ${name}`, () => {
    let subject: ContractSubject;
    let documents: Documents;
    beforeEach(async () => {
      subject = await start();
      ({ documents } = subject);
    });
    afterEach(() => subject.end());
    const linked = async () => {
      await vi.waitFor(async () => {
        const saved = await documents.writeDurably({ class: 'staff' }, { link: '1' }, RELAY_WAIT);
        expect(saved).toEqual({ here: 'saved', relay: 'saved' });
      }, PATIENCE);
    };

    test('[D1] a document nobody wrote exists and is empty', async () => {
      expect(await documents.open(session(1))).toEqual({});
    });

    test('[D2] gives back what was written', async () => {
      await documents.write(session(1), { a: '{"n":1}', b: '{"n":2}' });
      await documents.write(session(1), { b: '{"n":3}' });
      expect(await documents.open(session(1))).toEqual({ a: '{"n":1}', b: '{"n":3}' });
    });

    test('[D2] takes an entry out', async () => {
      await documents.write(session(1), { a: '1', b: '2' });
      await documents.write(session(1), { a: undefined });
      expect(await documents.open(session(1))).toEqual({ b: '2' });
    });

    test('keeps documents apart', async () => {
      await documents.write(session(1), { a: '1' });
      await documents.write(session(2), { a: '2' });
      expect(await documents.open(session(1))).toEqual({ a: '1' });
      expect(await documents.open(session(2))).toEqual({ a: '2' });
    });

    test('tells a write here with the changed entries only', async () => {
      await documents.write(session(1), { a: '1', b: '2' });
      const heard = collect(documents);
      await documents.write(session(1), { b: '3', c: '4' });
      await documents.write(session(1), { a: undefined });
      const [first, second, ...more] = heard.of(session(1));
      expect(first).toMatchObject({ type: 'changed', key: session(1), remote: false });
      expect(heard.entriesOf(session(1))).toEqual({ b: '3', c: '4' });
      expect(second).toEqual({
        type: 'changed',
        key: session(1),
        remote: false,
        changes: [{ key: 'a', text: undefined }],
      });
      expect(more).toEqual([]);
    });

    test('writing the same texts again tells nothing', async () => {
      await documents.write(session(1), { a: '1' });
      const heard = collect(documents);
      await documents.write(session(1), { a: '1', z: undefined });
      expect(heard.of(session(1))).toEqual([]);
    });

    test('adds one record to a session of 2,000 and tells that one only', async () => {
      await documents.write(session(1), numbered(2_000));
      const heard = collect(documents);
      await documents.write(session(1), { '000002001': '{"last":true}' });
      expect(heard.of(session(1))).toEqual([
        {
          type: 'changed',
          key: session(1),
          remote: false,
          changes: [{ key: '000002001', text: '{"last":true}' }],
        },
      ]);
      expect(Object.keys(await documents.open(session(1)))).toHaveLength(2_001);
    });

    test('saves durably here and at the relay', async () => {
      await linked();
      const saved = await documents.writeDurably(session(1), { a: '1' }, RELAY_WAIT);
      expect(saved).toEqual({ here: 'saved', relay: 'saved' });
      await vi.waitFor(async () => expect(await subject.peerReads(session(1))).toEqual({ a: '1' }), PATIENCE);
    });

    test('says that the relay is away while it is, and saves here', async () => {
      await linked();
      const heard = collect(documents);
      await subject.cut();
      await vi.waitFor(
        () => expect(heard.events).toContainEqual({ type: 'link', connected: false }),
        PATIENCE,
      );
      const saved = await documents.writeDurably(session(1), { a: '1' }, 3_600_000);
      expect(saved).toEqual({ here: 'saved', relay: 'away' });
      expect(await documents.open(session(1))).toEqual({ a: '1' });
    });

    test('sends and receives after the relay came back what was written meanwhile', async () => {
      await linked();
      await documents.write(session(1), { here: '1' });
      const heard = collect(documents);
      await subject.cut();
      await documents.write(session(1), { meanwhile: '2' });
      await subject.restore();
      await subject.peerWrites(session(1), { there: '3' });
      const all = { here: '1', meanwhile: '2', there: '3' };
      await vi.waitFor(async () => {
        expect(await documents.open(session(1))).toEqual(all);
        expect(await subject.peerReads(session(1))).toEqual(all);
      }, PATIENCE);
      expect(heard.events).toContainEqual({ type: 'link', connected: true });
    });

    test('is caught up when it has all the relay has, also after the link was cut, and says when there is no relay', async () => {
      await linked();
      expect(await documents.caughtUp(session(9), RELAY_WAIT)).toBe('caught-up');
      await subject.peerWrites(session(1), { theirs: '1' });
      expect(await documents.caughtUp(session(1), RELAY_WAIT)).toBe('caught-up');
      expect(await documents.open(session(1))).toEqual({ theirs: '1' });
      const heard = collect(documents);
      await subject.cut();
      await vi.waitFor(
        () => expect(heard.events).toContainEqual({ type: 'link', connected: false }),
        PATIENCE,
      );
      expect(await documents.caughtUp(session(1), 3_600_000)).toBe('away');
      await subject.restore();
      await vi.waitFor(
        async () => expect(await documents.caughtUp(session(1), RELAY_WAIT)).toBe('caught-up'),
        PATIENCE,
      );
    });

    test('tells what another terminal wrote as remote, with the changed entries only', async () => {
      await linked();
      await documents.writeDurably(session(1), { mine: '1' }, RELAY_WAIT);
      const heard = collect(documents);
      await subject.peerWrites(session(1), { theirs: '2' });
      await vi.waitFor(() => expect(heard.of(session(1))).toHaveLength(1), PATIENCE);
      expect(heard.of(session(1))).toEqual([
        { type: 'changed', key: session(1), remote: true, changes: [{ key: 'theirs', text: '2' }] },
      ]);
    });

    test('tells all entries of a document that arrives unasked, and lists it', async () => {
      await linked();
      const heard = collect(documents);
      await subject.peerWrites(session(7), { a: '1', b: '2' });
      await vi.waitFor(() => expect(heard.entriesOf(session(7))).toEqual({ a: '1', b: '2' }), PATIENCE);
      expect(await documents.known()).toContainEqual(session(7));
      expect(await documents.open(session(7))).toEqual({ a: '1', b: '2' });
    });

    test('shows what comes of a document to whoever asks for it again and again', async () => {
      await linked();
      await subject.peerWrites(session(9), { theirs: '2' });
      // More often than what nobody waits for gets its turn.
      const asked = { ...PATIENCE, interval: 20 };
      await vi.waitFor(async () => expect(await documents.open(session(9))).toEqual({ theirs: '2' }), asked);
    });

    test('[D2] merges what two terminals wrote before they met', async () => {
      await documents.write(session(3), { mine: '1' });
      await subject.peerWrites(session(3), { theirs: '2' });
      await vi.waitFor(
        async () => expect(await documents.open(session(3))).toEqual({ mine: '1', theirs: '2' }),
        PATIENCE,
      );
    });

    test('[J7] keeps every text of an entry that two terminals wrote while apart, and tells of it', async () => {
      await linked();
      const heard = collect(documents);
      await documents.write(session(9), { a: '1', b: '1' });
      expect(await documents.contested(session(9))).toEqual({});
      await subject.cut();
      await documents.write(session(9), { c: 'mine', d: 'same' });
      await subject.peerWrites(session(9), { c: 'theirs', d: 'same' });
      await subject.restore();
      await vi.waitFor(
        async () => expect(await documents.contested(session(9))).toEqual({ c: ['mine', 'theirs'] }),
        PATIENCE,
      );
      expect(['mine', 'theirs']).toContain((await documents.open(session(9)))['c']);
      expect(heard.events).toContainEqual({ type: 'contested', key: session(9) });
    });

    test('[D15] never writes over a record: another one goes beside it, once however often it is written', async () => {
      await linked();
      const [record, greeting] = ['000000001', 'greeting'];
      const heard = collect(documents);
      await subject.peerWrites(session(9), { [record]: 'theirs', [greeting]: 'theirs' });
      await vi.waitFor(
        async () => expect((await documents.open(session(9)))[record]).toBe('theirs'),
        PATIENCE,
      );
      for (let time = 0; time < 2; time++)
        expect(
          await documents.writeDurably(session(9), { [record]: 'mine', [greeting]: 'mine' }, RELAY_WAIT),
        ).toEqual({ here: 'saved', relay: 'saved' });
      expect(await documents.contested(session(9))).toEqual({ [record]: ['mine', 'theirs'] });
      expect((await documents.open(session(9)))[greeting]).toBe('mine');
      expect(heard.events.filter(({ type }) => type === 'contested')).toHaveLength(1);
      expect(Object.keys(await subject.peerReads(session(9))).sort()).toEqual([record, greeting]);
    });

    test('after close tells nothing and takes nothing', async () => {
      // The link's own coming up would be an event before the close.
      await linked();
      await documents.write(session(1), { a: '1' });
      const heard = collect(documents);
      await documents.close();
      await expect(documents.write(session(1), { a: '2' })).rejects.toThrow('the documents are closed');
      await expect(documents.open(session(1))).rejects.toThrow('the documents are closed');
      expect(heard.events).toEqual([]);
    });
  });
}
