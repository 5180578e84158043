import * as v from 'valibot';
import type { DocumentKey } from '../ids/document-id.ts';
import { signatureSchema } from './challenge.ts';
import { deviceIdSchema } from './device.ts';

/**
 * Head office's word for one state of a document it owns (rule E6): `heads` are the Automerge heads, sorted, and a head's
 * hash covers every change before it. `device` signed it.
 */
export const voucherSchema = v.strictObject({
  document: v.pipe(v.string(), v.minLength(1), v.maxLength(60)),
  heads: v.pipe(
    v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a head has 64 hex digits'))),
    v.minLength(1),
    v.maxLength(1000),
  ),
  device: deviceIdSchema,
  signature: signatureSchema,
});

/** Head office's word for one state of a document. */
export type Voucher = v.InferOutput<typeof voucherSchema>;

/** The text head office signs for a voucher (rule E6). */
export function voucherText({ document, heads }: Pick<Voucher, 'document' | 'heads'>): string {
  return ['tillmesh-voucher-1', document, ...[...heads].sort()].join('\n');
}

/** Whether head office alone writes a class of documents, so that a relay takes it from others only with a voucher (rule E6). */
export function isVouchedFor({ class: name }: DocumentKey): boolean {
  return ['organization', 'staff', 'catalog', 'acknowledgements', 'stock-summary'].includes(name);
}
