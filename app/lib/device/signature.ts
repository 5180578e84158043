const ALGORITHM = 'Ed25519';

/**
 * Whether a signature (base64url without padding) of a text's UTF-8 bytes was made with the private half of a raw public key (rule E1).
 * Another spelling of the same bytes is none.
 */
export async function isSignedWith(publicKey: string, text: string, signature: string): Promise<boolean> {
  const bytes = fromBase64url(signature);
  const raw = fromBase64url(publicKey);
  if (!bytes || !raw) return false;
  const key = await crypto.subtle.importKey('raw', raw, ALGORITHM, false, ['verify']);
  return crypto.subtle.verify(ALGORITHM, key, bytes, new TextEncoder().encode(text));
}

/** The bytes of a text that is their one spelling; undefined of any other. */
function fromBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const spelled = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return spelled === text ? Uint8Array.from(binary, (char) => char.charCodeAt(0)) : undefined;
}
