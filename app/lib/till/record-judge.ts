import { readOrganizationEntry } from '#model/documents/organization.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import type { Device } from '#model/trust/device.ts';
import { mayHaveSigned } from '#model/trust/signer.ts';
import { isSignedWith } from '../device/signature.ts';
import type { Documents } from '../repo/documents.ts';

/**
 * Says of records that somebody has a doubt about which of them count by their signatures (rule E10): a relay doubts a number and not a
 * record, and a record in the wrong place of its chain is signed all the same.
 */
export class RecordJudge {
  readonly #documents: Documents;
  /** What was found, by key and signature: arithmetic that comes out the same every time. */
  readonly #known = new Map<string, boolean>();

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** Those of the records that count. */
  async counting(records: readonly JournalRecord[]): Promise<readonly JournalRecord[]> {
    if (records.length === 0) return [];
    const devices = await this.#devices();
    const counting: JournalRecord[] = [];
    for (const record of records) if (await this.#counts(record, devices)) counting.push(record);
    return counting;
  }

  async #counts(record: JournalRecord, devices: readonly Device[]): Promise<boolean> {
    for (const { key } of devices.filter((device) => mayHaveSigned(device, record))) {
      const name = `${key} ${record.hash} ${record.sig}`;
      const known = this.#known.get(name) ?? (await isSignedWith(key, record.hash, record.sig));
      this.#known.set(name, known);
      if (known) return true;
    }
    return false;
  }

  async #devices(): Promise<readonly Device[]> {
    const entries = await this.#documents.open({ class: 'organization' });
    return Object.entries(entries).flatMap(([key, text]) => {
      if (!key.startsWith('device:')) return [];
      const read = readOrganizationEntry(key, text);
      return read.ok && read.value.kind === 'device' ? [read.value.value] : [];
    });
  }
}
