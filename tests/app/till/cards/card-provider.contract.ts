import { describe, expect, it } from 'vitest';
import type { CardProvider } from '../../../../app/lib/till/cards/card-provider.ts';

/** A provider with its other end: who holds the card, and what was taken so far. */
export type CardSubject = {
  readonly provider: CardProvider;
  /** The customer holds a card to the terminal for what was asked for last. */
  readonly present: (approved: boolean) => void;
  /** How often money moved, by direction. */
  readonly moved: () => { readonly taken: number; readonly back: number };
  /** Cuts the terminal off, or brings it back. */
  readonly cut: (away: boolean) => void;
};

/** What every card provider does (rules V4 to V6). */
export function cardProviderContract(name: string, start: () => Promise<CardSubject>): void {
  const request = { id: 'p-1', amount: 339, currency: 'GBP' };

  describe(`${name} as a card provider`, () => {
    it('[V5] takes one payment for one id, however often it is asked for', async () => {
      const { provider, present, moved } = await start();
      expect(await provider.authorise(request)).toEqual({ kind: 'pending' });
      expect(await provider.authorise(request)).toEqual({ kind: 'pending' });
      expect(await provider.status('p-1')).toEqual({ kind: 'pending' });
      present(true);
      const [first, again, status] = await Promise.all([
        provider.authorise(request),
        provider.authorise(request),
        provider.status('p-1'),
      ]);
      expect(first).toMatchObject({ kind: 'approved', proof: { brand: 'Visa' } });
      expect([again, status]).toEqual([first, first]);
      expect(moved()).toEqual({ taken: 1, back: 0 });
    });

    it('[V4] tells of a card the brand, four digits, the approval and a reference, nothing else', async () => {
      const { provider, present } = await start();
      await provider.authorise(request);
      present(true);
      const answer = await provider.status('p-1');
      expect(answer).toEqual({
        kind: 'approved',
        proof: {
          approval: expect.stringMatching(/^.{1,64}$/),
          reference: expect.stringMatching(/^.{1,64}$/),
          brand: 'Visa',
          tail: expect.stringMatching(/^\d{4}$/),
        },
      });
    });

    it('says why a card was declined, and takes nothing', async () => {
      const { provider, present, moved } = await start();
      await provider.authorise(request);
      present(false);
      expect(await provider.status('p-1')).toEqual({ kind: 'declined', reason: 'insufficient funds' });
      expect(moved()).toEqual({ taken: 0, back: 0 });
    });

    it('lets go of what is not decided; what was approved stays so', async () => {
      const { provider, present, moved } = await start();
      await provider.authorise(request);
      expect(await provider.cancel('p-1')).toEqual({ kind: 'cancelled' });
      present(true);
      expect(await provider.status('p-1')).toEqual({ kind: 'cancelled' });
      await provider.authorise({ ...request, id: 'p-2' });
      present(true);
      expect(await provider.cancel('p-2')).toMatchObject({ kind: 'approved' });
      expect(moved()).toEqual({ taken: 1, back: 0 });
    });

    it('[V6] does not know what it was never asked for, and never charges it once it was cancelled', async () => {
      const { provider, present, moved } = await start();
      expect(await provider.status('p-9')).toEqual({ kind: 'unknown' });
      expect(await provider.cancel('p-9')).toEqual({ kind: 'cancelled' });
      expect(await provider.authorise({ ...request, id: 'p-9' })).toEqual({ kind: 'cancelled' });
      present(true);
      expect(moved()).toEqual({ taken: 0, back: 0 });
    });

    it('[V7] gives money back under an id of its own', async () => {
      const { provider, present, moved } = await start();
      await provider.authorise(request);
      present(true);
      expect(await provider.refund({ ...request, id: 'p-1-back' })).toEqual({ kind: 'pending' });
      present(true);
      expect(await provider.status('p-1-back')).toMatchObject({ kind: 'approved' });
      expect(moved()).toEqual({ taken: 1, back: 1 });
    });

    it('[V6] is away while it does not answer, and goes on where it was', async () => {
      const { provider, present, cut } = await start();
      await provider.authorise(request);
      cut(true);
      expect(await provider.status('p-1')).toEqual({ kind: 'away' });
      expect(await provider.authorise({ ...request, id: 'p-2' })).toEqual({ kind: 'away' });
      expect(await provider.cancel('p-1')).toEqual({ kind: 'away' });
      cut(false);
      present(true);
      expect(await provider.status('p-1')).toMatchObject({ kind: 'approved' });
    });
  });
}
