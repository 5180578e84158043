/** The key a device signs with. Whoever has this can sign as the device; nobody can read the private half out of it. */
export type DeviceKey = {
  /** The device's id, 16 hex digits. */
  readonly id: string;
  /** The raw Ed25519 public key as base64url without padding, 43 characters (rule E1). */
  readonly publicKey: string;
  /** The Ed25519 signature of a text's UTF-8 bytes as base64url without padding, 86 characters. */
  sign(text: string): Promise<string>;
};

/** What a device key is made of. It can be posted to a worker and kept in IndexedDB as it is. */
export type DeviceKeyParts = {
  /** 16 hex digits. */
  readonly id: string;
  /** The raw public key as base64url without padding. */
  readonly publicKey: string;
  readonly privateKey: CryptoKey;
};

const ALGORITHM = 'Ed25519';

/** The key made of its parts; works wherever WebCrypto is: in a page, a worker and Node. */
export function deviceKeyOf({ id, publicKey, privateKey }: DeviceKeyParts): DeviceKey {
  return {
    id,
    publicKey,
    sign: async (text) => {
      const bytes = new TextEncoder().encode(text);
      return base64url(new Uint8Array(await crypto.subtle.sign(ALGORITHM, privateKey, bytes)));
    },
  };
}

/** Draws an id (unless given) and a key pair whose private half never leaves this machine's WebCrypto (rule E1). */
export async function newDeviceKey(id: string = newDeviceId()): Promise<DeviceKeyParts> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  return { id, publicKey: base64url(raw), privateKey };
}

/** A private key from its PKCS #8 DER bytes, not extractable again. Rejects when the bytes are not an Ed25519 key. */
export function importPrivateKey(pkcs8: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
}

function newDeviceId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
