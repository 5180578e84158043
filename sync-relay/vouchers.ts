import { join } from 'node:path';
import type { Doc } from '@automerge/automerge';
import type { Logger } from 'pino';
import * as v from 'valibot';
import type { DocumentId } from '#model/ids/document-id.ts';
import { voucherSchema, voucherText, type Voucher } from '#model/trust/voucher.ts';
import type { LogDisk } from './document-log.ts';
import { covers, headsOf, holds, sameHeads } from './entries-document.ts';
import { headsDigest } from './heads-index.ts';
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

/** Vouchers kept for one document, and those of one sender that wait: far more than a head office loses disks. */
const MOST_VOUCHERS = 32;

/** What a file holds: one voucher, or several where none covers the others. */
const fileSchema = v.pipe(v.string(), v.parseJson(), v.union([voucherSchema, v.array(voucherSchema)]));

/**
 * Head office's word for the documents it owns (rule E6): made here at head office, kept and passed on elsewhere. Of a head office that
 * came back with an older disk there may be two words about a document, of which neither covers the other: each is the only one by
 * which somebody takes the changes it is about, so each is kept until another covers it (rule W15).
 */
export class Vouchers {
  readonly #parts: VoucherParts;
  readonly #kept = new Map<DocumentId, readonly Voucher[]>();
  /** Those that name a state which is not here yet, by sender, so that none can push out another's. */
  readonly #waiting = new Map<DocumentId, Map<string, readonly Voucher[]>>();
  /** Documents whose vouchers the disk refused. */
  readonly #refused = new Set<DocumentId>();

  constructor(parts: VoucherParts) {
    this.#parts = parts;
  }

  /** Reads what is kept for documents. A voucher that cannot be read is made or sent again. */
  async load(documents: Iterable<DocumentId>): Promise<void> {
    for (const id of documents) {
      const text = (await this.#parts.disk.read(this.#path(id)))?.toString('utf8');
      if (text === undefined) continue;
      const parsed = v.safeParse(fileSchema, text);
      const read = parsed.success ? [parsed.output].flat() : [];
      const kept = read.filter((voucher) => voucher.document === id && this.#isTrue(voucher));
      if (kept.length > 0) this.#kept.set(id, kept);
      if (!parsed.success || kept.length < read.length)
        this.#parts.log.warn({ document: id }, 'a voucher is damaged; it is left out');
    }
  }

  /** The vouchers kept for a document. One may be of a state that is not here: it was kept before the disk refused or lost the changes. */
  of(id: DocumentId): readonly Voucher[] {
    return this.#kept.get(id) ?? [];
  }

  /** The states of a document head office is known to have vouched for. */
  states(id: DocumentId): readonly (readonly string[])[] {
    const waiting = [...(this.#waiting.get(id)?.values() ?? [])].flat();
    return [...this.of(id), ...waiting].map(({ heads }) => heads);
  }

  /** Whether every change of a document is vouched for while its state has this digest (rule W15). */
  isAllVouched(id: DocumentId, digest: Uint8Array): boolean {
    const states = this.of(id).map(({ heads }) => heads);
    if (states.length > 1) states.push([...new Set(states.flat())]);
    return states.some((heads) => Buffer.from(digest).equals(headsDigest(heads)));
  }

  /** Signs the state of a document that is on head office's disk, when it is head office's to sign and not signed yet. */
  async sign(id: DocumentId, doc: Doc<unknown>): Promise<void> {
    const { signer } = this.#parts;
    const heads = headsOf(doc);
    if (signer === undefined || heads.length === 0) return;
    if (this.of(id).some((one) => sameHeads(one.heads, heads))) return;
    const signature = signer.sign(voucherText({ document: id, heads }));
    const voucher = { document: id, heads, device: signer.device, signature };
    await this.#write(id, withVoucher(doc, this.of(id), voucher));
  }

  /** Takes a voucher a peer passed on; false when it is not head office's word. It counts for a document once its state is here. */
  take(voucher: Voucher, sender: string): boolean {
    const id = voucher.document as DocumentId;
    // Every relay passes the same word on: what is known to be true is not checked again.
    const isKnown = this.of(id).some((one) => JSON.stringify(one) === JSON.stringify(voucher));
    if (!isKnown && !this.#isTrue(voucher)) return false;
    const waiting = this.#waiting.get(id) ?? new Map<string, readonly Voucher[]>();
    const others = (waiting.get(sender) ?? []).filter(({ signature }) => signature !== voucher.signature);
    this.#waiting.set(id, waiting.set(sender, [...others, voucher].slice(-MOST_VOUCHERS)));
    return true;
  }

  /**
   * Keeps what waited for a state a document has come to in memory, on the disk before its changes are: with changes that nobody
   * vouches for a relay could help nobody who lost them. Whether there is something new to pass on.
   */
  async keep(id: DocumentId, doc: Doc<unknown>): Promise<boolean> {
    const before = this.of(id);
    let kept = before;
    // The latest of a sender covers those before it, which then need no look.
    for (const voucher of this.#arrived(id, doc).toReversed()) kept = withVoucher(doc, kept, voucher);
    if (kept !== before || this.#refused.has(id)) await this.#write(id, kept);
    return kept !== before;
  }

  /** Takes those whose state is here out of what waits. */
  #arrived(id: DocumentId, doc: Doc<unknown>): Voucher[] {
    const arrived: Voucher[] = [];
    const waiting = this.#waiting.get(id);
    for (const [sender, vouchers] of waiting ?? []) {
      const ahead = vouchers.filter(({ heads }) => !holds(doc, heads));
      arrived.push(...vouchers.filter((voucher) => !ahead.includes(voucher)));
      if (ahead.length > 0) waiting?.set(sender, ahead);
      else waiting?.delete(sender);
    }
    if (waiting?.size === 0) this.#waiting.delete(id);
    return arrived;
  }

  /** Vouchers that are not on the disk are made or sent again after the next start; nothing waits for them. */
  async #write(id: DocumentId, vouchers: readonly Voucher[]): Promise<void> {
    const kept = vouchers.slice(-MOST_VOUCHERS);
    this.#kept.set(id, kept);
    try {
      // One alone is written as relays wrote it that kept one only, so that they still read it.
      const content = kept.length === 1 ? kept[0] : kept;
      await this.#parts.disk.replace(this.#path(id), Buffer.from(JSON.stringify(content)));
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

/** Vouchers with one more, whose state `doc` holds, and without those that it covers; the very same where one of them covers it. */
function withVoucher(doc: Doc<unknown>, vouchers: readonly Voucher[], voucher: Voucher): readonly Voucher[] {
  if (vouchers.some((one) => covers(doc, one.heads, voucher.heads))) return vouchers;
  return [...vouchers.filter((one) => !covers(doc, voucher.heads, one.heads)), voucher];
}
