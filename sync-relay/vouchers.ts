import { join } from 'node:path';
import type { Logger } from 'pino';
import * as v from 'valibot';
import type { DocumentId } from '#model/ids/document-id.ts';
import { voucherSchema, voucherText, type Voucher } from '#model/trust/voucher.ts';
import type { LogDisk } from './document-log.ts';
import type { VerifySignature } from './journal-check.ts';
import { verifySignature } from './signature.ts';
import type { TrustedDevices } from './trusted-devices.ts';

/** What the vouchers of a relay are made of; `sign` is there at head office only. */
export type VoucherParts = {
  /** Where they are kept, beside the document logs. */
  readonly folder: string;
  readonly disk: Pick<LogDisk, 'read' | 'replace'>;
  readonly trusted: TrustedDevices | undefined;
  readonly signer: { readonly device: string; readonly sign: (text: string) => string } | undefined;
  /** Checks signatures, where it is not left to Node. */
  readonly verify?: VerifySignature;
  readonly log: Logger;
};

/** Head office's word for the documents it owns (rule E6): made here at head office, kept and passed on elsewhere. */
export class Vouchers {
  readonly #parts: VoucherParts;
  readonly #latest = new Map<DocumentId, Voucher>();
  /** Those that name a state which is not here yet: the latest of each sender, so that none can push out another's. */
  readonly #waiting = new Map<DocumentId, Map<string, Voucher>>();
  /** Those of the very state a document has here, whether the disk took it yet or not: no later word pushes one of them out. */
  readonly #reached = new Map<DocumentId, Voucher>();
  /** Documents whose latest voucher the disk refused. */
  readonly #refused = new Set<DocumentId>();

  constructor(parts: VoucherParts) {
    this.#parts = parts;
  }

  /** Reads what is kept for documents. A voucher that cannot be read is made or sent again. */
  async load(documents: Iterable<DocumentId>): Promise<void> {
    for (const id of documents) {
      const text = (await this.#parts.disk.read(this.#path(id)))?.toString('utf8');
      const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), voucherSchema), text);
      if (parsed.success && this.#isTrue(parsed.output)) this.#latest.set(id, parsed.output);
      else if (text !== undefined)
        this.#parts.log.warn({ document: id }, 'a voucher is damaged; it is left out');
    }
  }

  /** The latest voucher of a document. */
  of(id: DocumentId): Voucher | undefined {
    return this.#latest.get(id);
  }

  /** The states of a document head office is known to have vouched for. */
  states(id: DocumentId): readonly (readonly string[])[] {
    const latest = this.#latest.get(id);
    const waiting = [...(this.#waiting.get(id)?.values() ?? [])];
    const known = [latest, this.#reached.get(id), ...waiting];
    return known.flatMap((voucher) => (voucher === undefined ? [] : [voucher.heads]));
  }

  /** Signs a document's state at head office, when it is head office's to sign and not signed yet. */
  async sign(id: DocumentId, heads: readonly string[]): Promise<void> {
    const { signer } = this.#parts;
    if (signer === undefined || heads.length === 0) return;
    const sorted = [...heads].sort();
    if (this.states(id).some((state) => isSame(state, sorted))) return;
    const signature = signer.sign(voucherText({ document: id, heads: sorted }));
    await this.#keep({ document: id, heads: sorted, device: signer.device, signature });
  }

  /** Takes a voucher a peer passed on; false when it is not head office's word. It counts for a document once its state is here. */
  take(voucher: Voucher, sender: string): boolean {
    const id = voucher.document as DocumentId;
    // Every relay passes the same word on: what is known to be true is not checked again.
    const latest = this.#latest.get(id);
    const isKnown = latest !== undefined && JSON.stringify(latest) === JSON.stringify(voucher);
    if (!isKnown && !this.#isTrue(voucher)) return false;
    const waiting = this.#waiting.get(id) ?? new Map<string, Voucher>();
    this.#waiting.set(id, waiting.set(sender, voucher));
    return true;
  }

  /**
   * A document has come to this state in memory. The voucher that names it is kept from now on: a disk may take the changes much later, when
   * head office has lost them and says another word, and then this is the only one by which it takes them back.
   */
  reach(id: DocumentId, heads: readonly string[]): void {
    const voucher = [...(this.#waiting.get(id)?.values() ?? [])].find((one) => isSame(one.heads, heads));
    if (voucher === undefined) return;
    this.#waiting.delete(id);
    this.#reached.set(id, voucher);
  }

  /** The disk has this state of a document: the voucher that names it is the latest. Whether it was another before. */
  async settle(id: DocumentId, heads: readonly string[]): Promise<boolean> {
    const voucher = this.#reached.get(id);
    if (voucher === undefined || !isSame(voucher.heads, heads)) return false;
    const isNew = this.#latest.get(id)?.signature !== voucher.signature;
    if (isNew || this.#refused.has(id)) await this.#keep(voucher);
    // What the disk refused is tried again when the document is talked about the next time.
    if (!this.#refused.has(id) && this.#reached.get(id) === voucher) this.#reached.delete(id);
    return isNew;
  }

  /** A voucher that is not on the disk is made or sent again after the next start; nothing waits for it. */
  async #keep(voucher: Voucher): Promise<void> {
    const id = voucher.document as DocumentId;
    this.#latest.set(id, voucher);
    try {
      await this.#parts.disk.replace(this.#path(id), Buffer.from(JSON.stringify(voucher)));
      this.#refused.delete(id);
    } catch (cause) {
      this.#refused.add(id);
      this.#parts.log.error({ err: cause, document: id }, 'the disk refused a voucher');
    }
  }

  #isTrue(voucher: Voucher): boolean {
    const { trusted, verify = verifySignature } = this.#parts;
    const { standing, device } = trusted?.judge(voucher.device) ?? {};
    return (
      standing === 'valid' &&
      device?.role === 'hq' &&
      verify(device.key, voucherText(voucher), voucher.signature)
    );
  }

  #path(id: DocumentId): string {
    return join(this.#parts.folder, `${id}.voucher`);
  }
}

function isSame(state: readonly string[], heads: readonly string[]): boolean {
  return [...state].sort().join() === [...heads].sort().join();
}
