import type { CardAnswer, CardProvider } from '../till/cards/card-provider.ts';

const APPROVED: CardAnswer = {
  kind: 'approved',
  proof: { approval: 'TRAINING', reference: 'training', brand: 'Training', tail: '0000' },
};

/** A card terminal for training (rule V1): approves at once and asks nobody. */
export class TrainingCards implements CardProvider {
  authorise(): Promise<CardAnswer> {
    return Promise.resolve(APPROVED);
  }

  refund(): Promise<CardAnswer> {
    return Promise.resolve(APPROVED);
  }

  status(): Promise<CardAnswer> {
    return Promise.resolve(APPROVED);
  }

  cancel(): Promise<CardAnswer> {
    return Promise.resolve({ kind: 'cancelled' });
  }
}
