import {
  registerIdSchema,
  registerName,
  registerNumber,
  storeIdSchema,
  storeNumber,
  type RegisterId,
  type StoreId,
} from '#model/ids/register-id.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import * as v from 'valibot';
import type { DocumentReader, ReadDocument } from './document-reader.ts';
import { COUNTERSIGNED_HEAD } from '#model/documents/acknowledgements.ts';
import {
  deviceLine,
  entryLine,
  headLine,
  headerLine,
  unreadableLine,
  type SessionKey,
} from './export-lines.ts';
import { sessionDay, sessionsBetween, type SessionRange } from './session-range.ts';
import type { ExportOptions } from './options.ts';

/** A register with the number of its latest session. */
export type RegisterSessions = {
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly latest: number;
};

/** What an export works with. */
export type JournalExportParts = {
  readonly reader: DocumentReader;
  readonly organization: string;
  readonly options: Pick<ExportOptions, 'from' | 'to'>;
  readonly registers: readonly RegisterSessions[];
  readonly exportedAt: string;
};

/** An export that cannot go on; the message is a sentence for people. */
export class ExportStopped extends Error {}

/** The registers of a relay's status that were asked for, in order of store and number. */
export function chosenRegisters(
  latest: Readonly<Record<string, number>>,
  { store, register }: Pick<ExportOptions, 'store' | 'register'>,
): readonly RegisterSessions[] {
  return Object.entries(latest)
    .map(([name, session]) => {
      const [ownStore, ownRegister] = name.split('-');
      return {
        store: v.parse(storeIdSchema, ownStore),
        register: v.parse(registerIdSchema, ownRegister),
        latest: session,
      };
    })
    .filter((own) => (store ?? own.store) === own.store && (register ?? own.register) === own.register)
    .sort(
      (a, b) =>
        storeNumber(a.store) - storeNumber(b.store) ||
        registerNumber(a.register) - registerNumber(b.register),
    );
}

/** The lines of an export without their ends: header, devices, every register's records (rules J10 and J11). */
export async function* exportLines(parts: JournalExportParts): AsyncGenerator<string> {
  const { organization, exportedAt, options } = parts;
  const ranges = await rangesOf(parts);
  yield headerLine({
    organization,
    exportedAt,
    registers: ranges.map(({ store, register }) => registerName(store, register)),
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.to === undefined ? {} : { to: options.to }),
  });
  const own = await read(parts.reader, { class: 'organization' });
  for (const cause of own.damage) yield unreadableLine({ class: 'organization' }, { cause });
  for (const key of Object.keys(own.entries).sort()) {
    const line = deviceLine(key, own.entries[key] ?? '');
    if (line !== undefined) yield line;
  }
  for (const { store, register } of ranges) {
    const key = { class: 'acknowledgements' as const, store, register };
    const { entries, damage } = await read(parts.reader, key);
    for (const cause of damage) yield unreadableLine(key, { cause });
    const text = entries[COUNTERSIGNED_HEAD];
    if (text !== undefined) yield headLine(key, text);
  }
  for (const { store, register, first, last } of ranges) {
    for (let session = first; session <= last; session++)
      yield* sessionLines(parts.reader, { class: 'session', store, register, session });
  }
}

async function* sessionLines(reader: DocumentReader, key: SessionKey): AsyncGenerator<string> {
  const { entries, damage } = await read(reader, key);
  for (const cause of damage) yield unreadableLine(key, { cause });
  for (const entryKey of Object.keys(entries).sort()) yield entryLine(key, entryKey, entries[entryKey] ?? '');
}

async function rangesOf({
  reader,
  registers,
  options,
}: JournalExportParts): Promise<(RegisterSessions & SessionRange)[]> {
  const ranges: (RegisterSessions & SessionRange)[] = [];
  for (const own of registers) {
    if (options.from === undefined && options.to === undefined) {
      ranges.push({ ...own, first: 1, last: own.latest });
      continue;
    }
    const days: (string | undefined)[] = [];
    for (let session = 1; session <= own.latest; session++) {
      const key: SessionKey = { class: 'session', store: own.store, register: own.register, session };
      days.push(sessionDay((await read(reader, key)).entries));
    }
    const range = sessionsBetween(days, options);
    if (range) ranges.push({ ...own, ...range });
  }
  return ranges;
}

async function read(reader: DocumentReader, key: DocumentKey): Promise<ReadDocument> {
  const document = await reader.read(key);
  if (!document.ok) throw new ExportStopped(document.error);
  return document.value;
}
