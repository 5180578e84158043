import * as v from 'valibot';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import type { Minor } from '#model/money/money.ts';
import type { KeptNotes } from '../kept-notes.ts';
import type { GivenBack } from './card-voids.svelte.ts';

/** A void that a terminal was asked for and that no record says; `sale` where it is of the session that is open. */
export type BegunVoid = GivenBack & { readonly receipt: string; readonly sale?: RecordOf<'sale'> };

/** What the desk works with; `givenBack` asks the terminal what it gave back for a sale. */
export type BegunVoidParts = {
  readonly notes: KeptNotes;
  readonly records: () => readonly JournalRecord[];
  readonly givenBack: (sale: RecordOf<'sale'>) => Promise<GivenBack>;
};

const PREFIX = 'void:';
const noteSchema = v.pipe(v.string(), v.parseJson(), v.object({ receipt: v.string(), amount: v.number() }));

/**
 * Voids for which a card terminal was asked to give money back, kept on the till's disk until a record says them (rule V9): a till
 * that stopped in between shows them until somebody has finished them.
 */
export class BegunVoids {
  readonly #parts: BegunVoidParts;
  #begun = $state.raw<ReadonlyMap<string, GivenBack>>(new Map());

  constructor(parts: BegunVoidParts) {
    this.#parts = parts;
  }

  /** Takes up what an earlier page left behind. What the terminal made of it is asked by {@link look}. */
  async start(): Promise<void> {
    const notes = (await this.#parts.notes.read(PREFIX)) ?? new Map<string, string>();
    for (const text of notes.values()) {
      const read = v.safeParse(noteSchema, text);
      if (read.success) this.#set(read.output.receipt, { amount: read.output.amount, isSure: false });
    }
  }

  /** The voids somebody has to finish. */
  get left(): readonly BegunVoid[] {
    const records = this.#parts.records();
    return [...this.#begun].flatMap(([receipt, given]) => {
      if (records.some((record) => record.kind === 'sale' && record.body.voids?.receipt === receipt))
        return [];
      const sale = this.#saleOf(receipt);
      return [{ ...given, receipt, ...(sale ? { sale } : {}) }];
    });
  }

  /** Notes that the terminal will be asked for `amount`; false where the disk refuses, and then it must not be asked. */
  async begin({ body: { receipt } }: RecordOf<'sale'>, amount: Minor): Promise<boolean> {
    this.#parts.notes.write(PREFIX + receipt, JSON.stringify({ receipt, amount }));
    if (await this.#parts.notes.kept()) return true;
    this.end(receipt);
    return false;
  }

  /** The void is a record, or somebody has seen to it otherwise. */
  end(receipt: string): void {
    this.#parts.notes.write(PREFIX + receipt, undefined);
    const begun = new Map(this.#begun);
    begun.delete(receipt);
    this.#begun = begun;
  }

  /** The void did not become a record: it ends where the terminal gave nothing back, else somebody has to finish it. */
  async stopped(sale: RecordOf<'sale'>): Promise<void> {
    const given = await this.#parts.givenBack(sale);
    if (given.isSure && given.amount === 0) this.end(sale.body.receipt);
    else this.#set(sale.body.receipt, given);
  }

  /** Asks the terminal about those nobody is sure of. Called every two seconds. */
  async look(): Promise<void> {
    for (const [receipt, { isSure }] of this.#begun) {
      const sale = this.#saleOf(receipt);
      if (sale && !isSure) await this.stopped(sale);
    }
  }

  #saleOf(receipt: string): RecordOf<'sale'> | undefined {
    return this.#parts
      .records()
      .find(
        (record): record is RecordOf<'sale'> => record.kind === 'sale' && record.body.receipt === receipt,
      );
  }

  #set(receipt: string, given: GivenBack): void {
    this.#begun = new Map(this.#begun).set(receipt, given);
  }
}
