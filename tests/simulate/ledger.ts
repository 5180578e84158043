import type { JournalRecord } from '#model/journal/record.ts';
import { mayRepeat, type Line, type Made } from './lines.ts';

/** A receipt that was handed to a customer, or any other record a till called done. */
export type Printed = {
  readonly till: string;
  /** `S01-R2` */
  readonly register: string;
  readonly record: JournalRecord;
  /** As it was stored. */
  readonly text: string;
};

/** A record that was never made, as it was written. */
export type Forged = {
  /** `S01-R2` */
  readonly register: string;
  readonly seq: number;
  /** No honest record has it. */
  readonly basket: string;
  readonly text: string;
};

/** What really happened, known to nobody in the simulated shop: what the oracles compare with. */
export class Ledger {
  readonly printed: Printed[] = [];
  /** The device that really signed each record, by the record's hash. */
  readonly signers = new Map<string, string>();
  readonly #made = new Map<string, Made>();
  readonly #records = new Map<string, JournalRecord>();
  /** Texts of records whose only copy was on a disk that is gone, and after how many signed records it was. */
  readonly lost = new Map<string, number>();
  /** Texts of records that were on the disk of a relay when a device was revoked. */
  readonly reached = new Set<string>();
  readonly forged: Forged[] = [];
  /** Sentences about what no program should have done while the world went on. */
  readonly broken: string[] = [];
  /** Registers that were cloned or went back to an older page; there only once, so that somebody is left. */
  readonly cloned = new Set<string>();
  /** How often each thing happened, for `--verbose`. */
  readonly counts = new Map<string, number>();

  /** A till signed a record, which may yet come to nothing. */
  made(record: JournalRecord, text: string, by: { readonly device: string; readonly line: Line }): void {
    this.signers.set(record.hash, by.device);
    this.#made.set(record.hash, { line: by.line, order: this.#made.size, text });
    this.#records.set(record.hash, record);
  }

  /** How many records were signed. */
  get signed(): number {
    return this.#made.size;
  }

  /**
   * Whether two records of one register may rightly have one number, or two receipts; never where one of them was not made at all. Receipts
   * that are not the same record of their chains have one number because their chains parted (rule F5): then it is there that they may.
   */
  mayRepeat(a: Chained, b: Chained): boolean {
    const [x, y] = a.seq === b.seq ? [a, b] : this.#parting(a, b);
    const [first, second] = [this.#made.get(x?.hash ?? ''), this.#made.get(y?.hash ?? '')];
    return first !== undefined && second !== undefined && mayRepeat(first, second, this.lost);
  }

  /** The first two records in which the chains of two differ; one is twice there where the other goes on from it. */
  #parting(a: Chained, b: Chained): readonly (Chained | undefined)[] {
    const [later, earlier] = a.seq > b.seq ? [a, b] : [b, a];
    let [x, y]: (Chained | undefined)[] = [later, earlier];
    while (x !== undefined && x.seq > earlier.seq) x = this.#records.get(x.prev);
    while (x !== undefined && y !== undefined && x.prev !== y.prev)
      [x, y] = [this.#records.get(x.prev), this.#records.get(y.prev)];
    return [x, y];
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

/** A record by its place in its chain. */
type Chained = Pick<JournalRecord, 'hash' | 'prev' | 'seq'>;
