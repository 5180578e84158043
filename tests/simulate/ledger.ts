import type { JournalRecord } from '#model/journal/record.ts';

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
  /** Texts of records whose only copy was on a disk that is gone. */
  readonly lost = new Set<string>();
  /** Texts of records that were on the disk of a relay when a device was revoked. */
  readonly reached = new Set<string>();
  readonly forged: Forged[] = [];
  /** Sentences about what no program should have done while the world went on. */
  readonly broken: string[] = [];
  /** Registers that two images of one till may have written: only there may a number be given twice. */
  readonly cloned = new Set<string>();
  /** How often each thing happened, for `--verbose`. */
  readonly counts = new Map<string, number>();

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}
