import { err, ok, type Result } from '#model/result.ts';

/** Bytes a QR code of version 1, 2, … holds at error correction M. */
const QR_CAPACITY = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504];

/** How an EAN-13 is sent: 12 or 13 digits with a right check digit, else a sentence. */
export function checkEan13(data: string): Result<string, string> {
  if (!/^[0-9]{12,13}$/.test(data)) return err(`"${data}" is not an EAN-13: it needs 12 or 13 digits`);
  const digits = Array.from(data.slice(0, 12), Number);
  const sum = digits.reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 1 : 3), 0);
  const check = String((10 - (sum % 10)) % 10);
  if (data.length === 13 && data[12] !== check) {
    return err(`"${data}" is not an EAN-13: its last digit should be ${check}`);
  }
  return ok(data.slice(0, 12) + check);
}

/** Dots per narrow bar of a Code 128 (code set B) that fits the paper: 3, 2, or null when even 2 is too wide. */
export function code128BarWidth(data: string, dots: number): 2 | 3 | null {
  // Its quiet zones may lie on the paper's unprinted margins.
  const modules = 11 * (data.length + 2) + 13;
  if (modules * 3 <= dots) return 3;
  return modules * 2 <= dots ? 2 : null;
}

/** Dots per module of a QR code that takes about half of the paper's width: 3 to 8, or null when it cannot fit. */
export function qrModuleSize(data: string, dots: number): number | null {
  const index = QR_CAPACITY.findIndex((capacity) => data.length <= capacity);
  if (index < 0) return null;
  const modules = 21 + index * 4 + 8;
  const widest = Math.floor(dots / modules);
  if (widest < 3) return null;
  return Math.min(8, widest, Math.max(3, Math.floor((dots * 0.5) / modules)));
}
