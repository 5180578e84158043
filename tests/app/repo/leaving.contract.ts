import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Documents } from '../../../app/lib/repo/documents.ts';
import { collect, session, type ContractSubject } from './documents.contract.ts';
import { PATIENCE } from '../../support/patience.ts';

const RELAY_WAIT = 10_000;
/** Long enough to be let go when nothing stands against it, short enough to wait for what does, in milliseconds. */
const SHORT_WAIT = 300;

/** What every implementation of the port does when it lets go of documents (rules D9 to D11). */
export function leavingContract(name: string, start: () => Promise<ContractSubject>): void {
  describe(`letting go of documents: ${name}`, () => {
    let subject: ContractSubject;
    let documents: Documents;
    beforeEach(async () => {
      subject = await start();
      ({ documents } = subject);
    });
    afterEach(() => subject.end());

    const saveBoth = (number: number, entries: Record<string, string>) =>
      vi.waitFor(async () => {
        const saved = await documents.writeDurably(session(number), entries, RELAY_WAIT);
        expect(saved).toEqual({ here: 'saved', relay: 'saved' });
      }, PATIENCE);

    const away = async () => {
      const heard = collect(documents);
      await subject.cut();
      await vi.waitFor(
        () => expect(heard.events).toContainEqual({ type: 'link', connected: false }),
        PATIENCE,
      );
    };

    test('[D9] takes them from here, tells nobody, and leaves them at the relay', async () => {
      await saveBoth(1, { a: '1', b: '2' });
      await saveBoth(2, { c: '3' });
      const heard = collect(documents);
      expect(await documents.letGo([session(1)], {}, RELAY_WAIT)).toEqual({ gone: true });
      expect(await documents.known()).not.toContainEqual(session(1));
      expect(await documents.known()).toContainEqual(session(2));
      await saveBoth(2, { c: '4' });
      expect(heard.of(session(1))).toEqual([]);
      expect(await subject.peerReads(session(1))).toEqual({ a: '1', b: '2' });
    });

    test('[D9] keeps all of them while the relay does not say that it holds each', async () => {
      await saveBoth(1, { a: '1' });
      await away();
      await documents.write(session(2), { b: '2' });
      const outcome = await documents.letGo([session(1), session(2)], { note: 'no' }, SHORT_WAIT);
      expect(outcome).toEqual({ gone: false, unconfirmed: [session(1), session(2)] });
      expect(await documents.remembered()).toEqual({});
      expect(await documents.open(session(1))).toEqual({ a: '1' });
      expect(await documents.open(session(2))).toEqual({ b: '2' });
    });

    test('[D10] remembers notes by name, with or without a document', async () => {
      await saveBoth(1, { a: '1' });
      expect(
        await documents.letGo([session(1)], { 'session:R2:1': '{"n":1}', sold: '{}' }, RELAY_WAIT),
      ).toEqual({ gone: true });
      await documents.letGo([], { sold: '{"é":2}', other: 'x' }, RELAY_WAIT);
      await documents.letGo([], { other: undefined }, RELAY_WAIT);
      expect(await documents.remembered()).toEqual({ 'session:R2:1': '{"n":1}', sold: '{"é":2}' });
    });

    test('[D11] gives the entries of one that is gone when somebody asks, and does not keep them', async () => {
      await saveBoth(1, { a: '1' });
      await saveBoth(2, { b: '2' });
      await documents.letGo([session(1)], {}, RELAY_WAIT);
      const found = { found: true, entries: { a: '1' } };
      expect(await documents.fetch(session(1), RELAY_WAIT)).toEqual(found);
      expect(await documents.fetch(session(1), RELAY_WAIT)).toEqual(found);
      expect(await documents.fetch(session(2), RELAY_WAIT)).toEqual({ found: true, entries: { b: '2' } });
      expect(await documents.known()).not.toContainEqual(session(1));
      expect(await documents.fetch(session(99), SHORT_WAIT)).toEqual({ found: false, why: 'late' });
      await away();
      expect(await documents.fetch(session(1), SHORT_WAIT)).toMatchObject({ found: false });
      expect(await documents.fetch(session(2), SHORT_WAIT)).toEqual({ found: true, entries: { b: '2' } });
    });

    test('[D9] one that is gone does not come back unasked, and whole when it is opened', async () => {
      await saveBoth(1, { a: '1' });
      await saveBoth(2, { b: '2' });
      await documents.letGo([session(1)], {}, RELAY_WAIT);
      await subject.peerWrites(session(1), { theirs: '2' });
      await subject.peerWrites(session(2), { later: '3' });
      await vi.waitFor(
        async () => expect(await documents.open(session(2))).toEqual({ b: '2', later: '3' }),
        PATIENCE,
      );
      expect(await documents.known()).not.toContainEqual(session(1));
      await vi.waitFor(
        async () => expect(await documents.open(session(1))).toEqual({ a: '1', theirs: '2' }),
        PATIENCE,
      );
      await saveBoth(1, { mine: '4' });
      await vi.waitFor(
        async () => expect(await subject.peerReads(session(1))).toEqual({ a: '1', theirs: '2', mine: '4' }),
        PATIENCE,
      );
    });
  });
}
