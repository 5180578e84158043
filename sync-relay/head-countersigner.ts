import type { Logger } from 'pino';
import {
  COUNTERSIGNED_HEAD,
  countersignText,
  type CountersignedHead,
} from '#model/documents/acknowledgements.ts';
import type { DocumentAddress } from '#model/ids/document-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import type { RegisterJournal } from './register-journal.ts';

/** How long a register's records gather before head office countersigns the last, in milliseconds. */
const COUNTERSIGN_MS = 3000;

/** What a countersigner needs of head office's relay. */
export type CountersignerParts = {
  /** Head office's device. */
  readonly device: string;
  readonly sign: (text: string) => string;
  /** Writes entries of a document; `failed` when the disk refused. */
  readonly write: (address: DocumentAddress, changes: Record<string, string>) => Promise<'saved' | 'failed'>;
  readonly now: () => string;
  readonly later: (milliseconds: number, callback: () => void) => void;
  readonly log: Logger;
};

/**
 * Head office's word for how far it holds each journal (rule J16): one write per register every few seconds at most, and
 * only when the journal went on from the head before.
 */
export class HeadCountersigner {
  readonly #parts: CountersignerParts;
  readonly #pending = new Set<RegisterJournal>();
  readonly #written = new Map<RegisterJournal, CountersignedHead>();

  constructor(parts: CountersignerParts) {
    this.#parts = parts;
  }

  /** A journal was checked; what verified is countersigned a little later. */
  checked(journal: RegisterJournal, organization: string): void {
    if (this.#pending.has(journal)) return;
    this.#pending.add(journal);
    this.#parts.later(COUNTERSIGN_MS, () => void this.#countersign(journal, organization));
  }

  async #countersign(journal: RegisterJournal, organization: string): Promise<void> {
    this.#pending.delete(journal);
    const { verified } = journal;
    const last = Math.max(journal.countersigned?.seq ?? 0, this.#written.get(journal)?.seq ?? 0);
    if (verified === undefined || verified.seq <= last) return;
    const { store, register } = journal;
    const unsigned = { org: organization, store, register, ...verified, at: this.#parts.now() };
    const head = {
      ...unsigned,
      device: this.#parts.device,
      sig: this.#parts.sign(countersignText(unsigned)),
    };
    const address = { organization, key: { class: 'acknowledgements' as const, store, register } };
    this.#written.set(journal, head);
    const outcome = await this.#parts.write(address, { [COUNTERSIGNED_HEAD]: canonicalJson(head) });
    if (outcome === 'saved') return;
    this.#written.delete(journal);
    this.#parts.log.error({ head }, 'a head could not be countersigned; the next sale tries again');
  }
}
