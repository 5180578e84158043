import type { Minor } from '#model/money/money.ts';

/** The kind of an Austrian receipt, as far as its turnover counter goes. */
export type AustrianReceiptKind = 'ordinary' | 'void' | 'training';

/**
 * The turnover counter as a receipt of the Austrian regulation on cash registers (RKSV, annex points 8 and 9) shows it: voids
 * and training say `STO` and `TRA`, all others the perpetual total in minor units as 8 bytes, encrypted with AES-256 in counter
 * mode under an initial vector made from the register and the receipt. Base64, as on the receipt.
 */
export async function shownTurnover(args: {
  readonly kind: AustrianReceiptKind;
  readonly total: Minor;
  readonly register: string;
  readonly receipt: string;
  /** The AES-256 key, 32 bytes. */
  readonly key: Uint8Array<ArrayBuffer>;
}): Promise<string> {
  const { kind, total, register, receipt, key } = args;
  if (kind !== 'ordinary') return btoa(kind === 'void' ? 'STO' : 'TRA');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(register + receipt));
  const plain = new DataView(new ArrayBuffer(8));
  plain.setBigInt64(0, BigInt(total));
  const secret = await crypto.subtle.importKey('raw', key, 'AES-CTR', false, ['encrypt']);
  const counter = { name: 'AES-CTR', counter: new Uint8Array(digest).slice(0, 16), length: 128 };
  const hidden = await crypto.subtle.encrypt(counter, secret, plain.buffer);
  return btoa(String.fromCharCode(...new Uint8Array(hidden)));
}
