import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { err, ok, type Result } from '#model/result.ts';

/** A certificate with its key, both PEM. */
export type ServerCertificate = { readonly cert: string; readonly key: string };

/** The files the command line names. */
export type TlsFiles = {
  readonly 'tls-cert'?: string | undefined;
  readonly 'tls-key'?: string | undefined;
  readonly 'tls-ca'?: string | undefined;
};

/** The certificate to serve with, undefined without one; a sentence when a file cannot be read or the two do not fit. */
export async function serverCertificate(
  files: TlsFiles,
): Promise<Result<ServerCertificate | undefined, string>> {
  const { 'tls-cert': certPath, 'tls-key': keyPath } = files;
  if (certPath === undefined || keyPath === undefined) return ok(undefined);
  const cert = await readPem('--tls-cert', certPath);
  if (!cert.ok) return cert;
  const key = await readPem('--tls-key', keyPath);
  if (!key.ok) return key;
  try {
    createSecureContext({ cert: cert.value, key: key.value });
  } catch (cause) {
    return err(
      `${certPath} and ${keyPath} are not a certificate with its key in PEM form (${reasonOf(cause)}). Check both files.`,
    );
  }
  return ok({ cert: cert.value, key: key.value });
}

/** Makes this process trust a certificate authority of one's own, besides those it trusts anyway. */
export async function trustAuthority({ 'tls-ca': path }: TlsFiles): Promise<Result<undefined, string>> {
  if (path === undefined) return ok(undefined);
  const authority = await readPem('--tls-ca', path);
  if (!authority.ok) return authority;
  try {
    // Setting it takes anything; only reading it tells whether it is one.
    if (!new X509Certificate(authority.value).ca)
      return err(`--tls-ca: ${path} is the certificate of a server, not of an authority.`);
    setDefaultCACertificates([...getCACertificates('default'), authority.value]);
  } catch (cause) {
    return err(`--tls-ca: ${path} is not a certificate in PEM form (${reasonOf(cause)}).`);
  }
  return ok(undefined);
}

async function readPem(option: string, path: string): Promise<Result<string, string>> {
  try {
    return ok(await readFile(path, 'utf8'));
  } catch (cause) {
    return err(`${option}: ${path} cannot be read (${reasonOf(cause)}).`);
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
