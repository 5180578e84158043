/** What is wrong, for programs and in words. */
export type Fault = { readonly code: FaultCode; readonly reason: string };

/** Every way in which an export can fail to verify; rules J6, J10 to J14 say when. */
export type FaultCode =
  | 'cut-short'
  | 'too-long'
  | 'not-utf8'
  | 'not-json'
  | 'not-canonical'
  | 'bad-shape'
  | 'newer-version'
  | 'unreadable'
  | 'bad-header'
  | 'bad-device'
  | 'bad-end'
  | 'misplaced'
  | 'missing'
  | 'outside-range'
  | 'altered'
  | 'wrong-register'
  | 'gap'
  | 'fork'
  | 'broken-link'
  | 'wrong-totals'
  | 'wrong-receipt-number'
  | 'already-open'
  | 'still-open'
  | 'not-open'
  | 'wrong-session'
  | 'wrong-sums'
  | 'wrong-figures'
  | 'wrong-void'
  | 'wrong-value'
  | 'wrong-period'
  | 'bad-signature'
  | 'unsigned'
  | 'wrong-device'
  | 'bad-head'
  | 'truncated';

/** Makes a fault. */
export function fault(code: FaultCode, reason: string): Fault {
  return { code, reason };
}
