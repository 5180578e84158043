import { isPin } from './pin.ts';

/** Why a PIN is not taken for a new one (rule S12). */
export type WeakPin = 'not-a-pin' | 'pin-repeats' | 'pin-in-a-row' | 'pin-is-a-year';

/** What is wrong with a PIN somebody wants to have from now on (rule S12); undefined when it may be taken. */
export function newPinFault(pin: string): WeakPin | undefined {
  if (!isPin(pin)) return 'not-a-pin';
  if (repeats(pin)) return 'pin-repeats';
  if (isRow(pin)) return 'pin-in-a-row';
  return isYear(pin) ? 'pin-is-a-year' : undefined;
}

/** One digit over and over, or one half of the PIN twice: 0000, 4444, 1212, 123123. */
function repeats(pin: string): boolean {
  const period = [1, 2, 3, 4].find(
    (length) =>
      length < pin.length &&
      pin.length % length === 0 &&
      pin === pin.slice(0, length).repeat(pin.length / length),
  );
  return period !== undefined;
}

/** Neighbours on the keys, up or down, 0 after 9: 1234, 4321, 7890. */
function isRow(pin: string): boolean {
  const digits = [...pin].map(Number);
  const steps = digits.slice(1).map((digit, i) => (digit - (digits[i] ?? 0) + 10) % 10);
  return steps.every((step) => step === 1) || steps.every((step) => step === 9);
}

/** A year people are born in or a founding day has: 1900 to 2099. */
function isYear(pin: string): boolean {
  return /^(?:19|20)\d\d$/.test(pin);
}
