import * as v from 'valibot';
import { err, ok, type Result } from '#model/result.ts';
import { enrolmentSchema, type Enrolment, type EnrolmentRequest } from '#model/trust/invitation.ts';
import type { IndexerDevice } from './device-file.ts';

/** How long a relay may take to enrol, in milliseconds: it may have to ask head office. */
const ANSWER_MS = 20_000;

const refusalSchema = v.object({ code: v.string(), message: v.string() });

/** Where a relay enrols devices: `ws://127.0.0.1:4000/sync` → `http://127.0.0.1:4000/enrol`. */
export function enrolUrl(relayUrl: string): string {
  return new URL('/enrol', relayUrl.replace(/^ws/, 'http')).href;
}

/** Joins with a one-time code (rule E8); a sentence when the relay refuses, is away or answers nonsense. */
export async function enrolAt(
  relayUrl: string,
  code: string,
  { id, publicKey }: Pick<IndexerDevice, 'id' | 'publicKey'>,
): Promise<Result<Enrolment, string>> {
  const url = enrolUrl(relayUrl);
  const request: EnrolmentRequest = { code, id, key: publicKey, role: 'indexer' };
  let status: number;
  let answer: unknown;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    status = response.status;
    answer = await response.json();
  } catch (cause) {
    return err(`${url} did not answer as a relay does (${reasonOf(cause)}). Is the relay running?`);
  }
  if (status !== 200) return err(refusalOf(url, status, answer));
  const enrolment = v.safeParse(enrolmentSchema, answer);
  if (!enrolment.success)
    return err(`${url} answered with something else than an enrolment: ${enrolment.issues[0].message}.`);
  const { device } = enrolment.output;
  return device.id === id && device.key === publicKey && device.role === 'indexer'
    ? ok(enrolment.output)
    : err(`${url} enrolled another device than this one. Ask for a new code.`);
}

function refusalOf(url: string, status: number, answer: unknown): string {
  const refusal = v.safeParse(refusalSchema, answer);
  return refusal.success
    ? `The relay did not enrol this device (${refusal.output.code}): ${refusal.output.message}`
    : `${url} answered with status ${status} and no reason. Is it a Tillmesh relay?`;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? cause.cause.message || cause.message : cause.message;
}
