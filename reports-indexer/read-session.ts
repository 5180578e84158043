import type { Device } from '#model/trust/device.ts';
import { ok, type Result } from '#model/result.ts';
import {
  readRecord,
  type EntryRefusal,
  type EntryValue,
  type SessionAddress,
  type WholeRecord,
} from './read-record.ts';
import { judgeSignature, type Signature } from './signatures.ts';

/** A whole record and what its signature is worth. */
export type JudgedRecord = WholeRecord & { readonly signature: Signature };

/** What an entry of a session document was read as. */
export type ReadEntry = Result<JudgedRecord, EntryRefusal>;

/** Entries verified between two looks at whatever else waits, so that reports do not. */
const BATCH = 256;

/** Reads the entries of a session document and verifies the signature of every whole record among them (rule E10). */
export async function readSession(
  address: SessionAddress,
  entries: ReadonlyMap<string, readonly EntryValue[]>,
  devices: readonly Device[],
): Promise<ReadonlyMap<string, readonly ReadEntry[]>> {
  const read = new Map<string, readonly ReadEntry[]>();
  const names = [...entries.keys()];
  for (let i = 0; i < names.length; i += BATCH) {
    const part = names.slice(i, i + BATCH).map(async (name) => {
      const values = entries.get(name) ?? [];
      const judged = values.map((value) => judgeEntry(address, name, value, devices));
      return [name, await Promise.all(judged)] as const;
    });
    for (const [name, judged] of await Promise.all(part)) read.set(name, judged);
  }
  return read;
}

async function judgeEntry(
  address: SessionAddress,
  name: string,
  value: EntryValue,
  devices: readonly Device[],
): Promise<ReadEntry> {
  const whole = readRecord(address, name, value);
  if (!whole.ok) return whole;
  return ok({ ...whole.value, signature: await judgeSignature(whole.value.record, devices) });
}
