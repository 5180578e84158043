import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { fault, type Fault } from './fault.ts';
import type { CountersignedHead } from './head.ts';
import type { JournalRecord } from './record.ts';

/** How the signature of a record was found. `unknown` is signed, with no key in the file to check it with. */
export type Signed = 'unsigned' | 'signed' | 'unknown';

/** A device line of an export (rule J10). */
export type ListedDevice = {
  readonly device: string;
  readonly key: string;
  readonly role: string;
  readonly store?: string;
  readonly register?: string;
  readonly expiresAt?: string;
  readonly revokedAt?: string;
};

type KnownDevice = ListedDevice & { readonly publicKey: KeyObject };

/** The devices of an export and their public keys (rules J8 and E10). */
export class DeviceKeys {
  readonly #devices = new Map<string, KnownDevice>();
  #last: KnownDevice | undefined;

  /** The devices that have a key. */
  get devices(): readonly string[] {
    return [...this.#devices.keys()];
  }

  /** Takes in a device with its raw Ed25519 key; what is wrong with it otherwise. */
  add(listed: ListedDevice): Fault | undefined {
    const { device, key } = listed;
    if (this.#devices.has(device)) return fault('bad-device', `device ${device} is there twice`);
    if (!isExact(key, 32)) return fault('bad-device', `the key of device ${device} is not one`);
    const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: key } });
    this.#devices.set(device, { ...listed, publicKey });
    return undefined;
  }

  /** Checks the signature of a record; a register is mostly signed by one device, so the last one found is tried first. */
  check(record: JournalRecord): Signed | Fault {
    const { hash, sig } = record;
    if (sig === '')
      return this.#devices.size === 0 ? 'unsigned' : fault('unsigned', 'the record carries no signature');
    // Two spellings of one signature would let a byte change unseen.
    if (!isExact(sig, 64)) return fault('bad-signature', 'the signature is not spelled as base64url');
    if (this.#devices.size === 0) return 'unknown';
    const data = Buffer.from(hash, 'ascii');
    const bytes = Buffer.from(sig, 'base64url');
    const signers = [...(this.#last ? [this.#last] : []), ...this.#devices.values()].filter(
      ({ publicKey }, i, all) =>
        (i === 0 || all[0]?.publicKey !== publicKey) && verify(null, data, publicKey, bytes),
    );
    const found = signers.find((device) => mayHaveSigned(device, record));
    this.#last = found ?? this.#last;
    if (found) return 'signed';
    const [other] = signers;
    return other
      ? fault('wrong-device', `device ${other.device} signed it, which may not sign this record`)
      : fault('bad-signature', 'no device of this file made the signature');
  }

  /** Checks that head office signed a head (rule J16). */
  checkHead({ device, sig, ...head }: CountersignedHead): Fault | undefined {
    const office = this.#devices.get(device);
    if (office?.role !== 'hq')
      return fault('bad-head', `device ${device}, which signed a head, is no head office of this file`);
    const { org, store, register, session, seq, hash, at } = head;
    const text = ['tillmesh-head-1', org, store, register, session, seq, hash, at].join('\n');
    const right =
      isExact(sig, 64) &&
      verify(null, Buffer.from(text, 'utf8'), office.publicKey, Buffer.from(sig, 'base64url'));
    return right ? undefined : fault('bad-head', `head office did not sign the head of ${store}-${register}`);
  }
}

/** Rule E10: a terminal of the record's register, before it was revoked or expired. */
function mayHaveSigned(device: ListedDevice, { store, register, at }: JournalRecord): boolean {
  const { role, revokedAt, expiresAt } = device;
  if (role !== 'terminal' || device.store !== store || device.register !== register) return false;
  return (revokedAt === undefined || at < revokedAt) && (expiresAt === undefined || at < expiresAt);
}

/** Whether a text is the one base64url spelling of so many bytes. */
function isExact(text: string, length: number): boolean {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === length && bytes.toString('base64url') === text;
}
