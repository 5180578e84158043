import type { RecordOf } from '#model/journal/record.ts';
import { enterTraining, leaveTraining } from '#model/register/training.ts';
import { err, type Result } from '#model/result.ts';
import type { Append } from './append.ts';
import type { SaleDesk } from './sale-desk.svelte.ts';
import type { TillRefusal } from './till.svelte.ts';

type Written = Promise<Result<RecordOf<'training'>, TillRefusal>>;

/** What the journal of the real register says about training: that it began and ended, nothing that happened in it (rule V3). */
export class TrainingDesk {
  readonly #append: Append;
  readonly #sale: SaleDesk;

  constructor(append: Append, sale: SaleDesk) {
    this.#append = append;
    this.#sale = sale;
  }

  /** Writes that training begins; not while a sale is open. */
  async begin(): Written {
    if (this.#sale.basket.lines.length > 0 || this.#sale.payments.length > 0)
      return err({ code: 'basket-not-empty' });
    return this.#append((state, act) => enterTraining(state, act));
  }

  /** Writes that training is over, with the number of receipts that were practised. */
  end(receipts: number): Written {
    return this.#append((state, act) => leaveTraining(state, receipts, act));
  }
}
