import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { fault, type Fault } from './fault.ts';

/** How the signature of a record was found. `unknown` is signed, with no key in the file to check it with. */
export type Signed = 'unsigned' | 'signed' | 'unknown';

/** The devices of an export and their public keys (rule J8). */
export class DeviceKeys {
  readonly #keys = new Map<string, KeyObject>();
  #last: KeyObject | undefined;

  /** The devices that have a key. */
  get devices(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** Takes in a device's raw Ed25519 key, base64url; what is wrong with it otherwise. */
  add(device: string, key: string): Fault | undefined {
    if (this.#keys.has(device)) return fault('bad-device', `device ${device} is there twice`);
    if (!isExact(key, 32)) return fault('bad-device', `the key of device ${device} is not one`);
    this.#keys.set(device, createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: key } }));
    return undefined;
  }

  /** Checks the signature of a record's hash against every key; a register is mostly signed by one device. */
  check(hash: string, sig: string): Signed | Fault {
    if (sig === '') return 'unsigned';
    // Two spellings of one signature would let a byte change unseen.
    if (!isExact(sig, 64)) return fault('bad-signature', 'the signature is not spelled as base64url');
    if (this.#keys.size === 0) return 'unknown';
    const data = Buffer.from(hash, 'ascii');
    const bytes = Buffer.from(sig, 'base64url');
    const found = [this.#last, ...this.#keys.values()].find((key) => key && verify(null, data, key, bytes));
    this.#last = found ?? this.#last;
    return found ? 'signed' : fault('bad-signature', 'no device of this file made the signature');
  }
}

/** Whether a text is the one base64url spelling of so many bytes. */
function isExact(text: string, length: number): boolean {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === length && bytes.toString('base64url') === text;
}
