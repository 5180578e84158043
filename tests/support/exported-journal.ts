import { generateKeyPairSync, sign } from 'node:crypto';
import { receiptNumber, registerId, storeId, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import {
  emptyHead,
  hashRecord,
  recordText,
  sealRecord,
  verifyNext,
  type ChainHead,
} from '#model/journal/chain.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import type { JournalRecord, RecordContent, RecordOf } from '#model/journal/record.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import { endedLines, headerLine, type ExportHeader } from '../../app/server/export-journal/export-lines.ts';
import { checkJournal, type JournalVerdict } from '../../app/server/verify-journal/journal-check.ts';

export const ORG = '0123456789ab';
export const STORE: StoreId = storeId(1);
export const REGISTER: RegisterId = registerId(2);
export const NAME = `${STORE}-${REGISTER}`;
export const HEADER: ExportHeader = {
  organization: ORG,
  exportedAt: '2026-11-23T10:00:00.000Z',
  registers: [NAME],
};

const VAT = { id: 'vat', name: 'VAT', rate: '20', included: true };
const LEVY = { id: 'levy', name: 'Lévy', rate: '5', included: false };
const BREAD = {
  product: 'bread',
  sku: 'B-1',
  name: 'Pain “rustique”\u2028petit 🥖',
  department: 'food',
  quantity: '2',
  price: '3',
  amount: 600,
  taxes: ['vat', 'levy'],
};

function sale(count: number, change: Partial<SaleBody> = {}): RecordContent {
  const body: SaleBody = {
    receipt: receiptNumber(STORE, REGISTER, count),
    basket: `basket-${count}`,
    type: 'sale',
    lines: [BREAD],
    taxes: [
      { ...LEVY, base: 500, amount: 25 },
      { ...VAT, base: 500, amount: 100 },
    ],
    net: 500,
    tax: 125,
    total: 625,
    tenders: [
      { tender: 'card', name: 'Card', kind: 'card', amount: 200, reference: 'OK 4711' },
      { tender: 'cash', name: 'Cash', kind: 'cash', amount: 425, received: 1000, change: 575 },
    ],
    customer: 'c-17',
    ...change,
  };
  return { kind: 'sale', body };
}

const opened = (day: string): RecordContent => ({
  kind: 'opened',
  body: { day, currency: 'GBP', float: 10_000 },
});

/** Every kind of record with every member it can have: one closed session, one still open. */
export const CONTENTS: readonly RecordContent[] = [
  opened('2026-11-21'),
  sale(1),
  sale(2, {
    type: 'refund',
    lines: [
      {
        ...BREAD,
        quantity: '-1',
        amount: -300,
        taxes: ['vat'],
        refundOf: { receipt: receiptNumber(STORE, REGISTER, 1), line: 0 },
      },
    ],
    taxes: [{ ...VAT, base: -250, amount: -50 }],
    net: -250,
    tax: -50,
    total: -300,
    tenders: [{ tender: 'cash', name: 'Cash', kind: 'cash', amount: -300 }],
  }),
  { kind: 'cash', body: { direction: 'in', amount: 700, reason: 'coins' } },
  { kind: 'cash', body: { direction: 'out', amount: 50, reason: 'milk' } },
  { kind: 'drawer', body: { reason: 'change for a note' } },
  { kind: 'reprint', body: { receipt: receiptNumber(STORE, REGISTER, 1), copy: 1 } },
  {
    kind: 'closed',
    body: {
      expected: 10_775,
      counted: 10_770,
      difference: -5,
      denominations: { 1000: 10, 770: 1 },
      reason: 'miscounted',
      sales: 1,
      refunds: 1,
      gross: 325,
      tax: 75,
    },
  },
  opened('2026-11-22'),
  sale(3),
];

/** Seals contents one behind the other. */
export function chainOf(contents: readonly RecordContent[] = CONTENTS): JournalRecord[] {
  let head: ChainHead = emptyHead(ORG, STORE, REGISTER);
  let session = 0;
  return contents.map((content, i) => {
    if (content.kind === 'opened') session += 1;
    const at = new Date(Date.UTC(2026, 10, 21, 9, i)).toISOString();
    const record = sealRecord(head, session, content, { at, by: 'zoë', approvedBy: 'max' });
    const next = verifyNext(head, record);
    if (!next.ok) throw new Error(next.error);
    head = next.value;
    return record;
  });
}

/** A record with its hash made anew, as someone would who changed it. */
export function rehashed<Kind extends JournalRecord>(record: Kind): Kind {
  return { ...record, hash: hashRecord(record) };
}

/** Links and hashes made anew from the first record on; numbers, totals and contents stay as given. */
export function relinked(records: readonly JournalRecord[]): JournalRecord[] {
  let prev = '';
  return records.map((record) => {
    const linked = rehashed({ ...record, prev });
    prev = linked.hash;
    return linked;
  });
}

/** A whole export with a right end line. */
export async function exportText(lines: readonly string[], header: ExportHeader = HEADER): Promise<string> {
  return sealedText([headerLine(header), ...lines]);
}

/** Lines with a right end line, whatever the lines are. */
export async function sealedText(lines: readonly string[]): Promise<string> {
  let text = '';
  for await (const line of endedLines(lines)) text += line;
  return text;
}

/** What the verifier says about a file of these bytes. */
export function verdictOn(file: string | Uint8Array): Promise<JournalVerdict> {
  const bytes = typeof file === 'string' ? Buffer.from(file, 'utf8') : file;
  return checkJournal(
    (async function* () {
      yield bytes;
    })(),
  );
}

/** What the verifier says about an export of these records. */
export async function verdictOnRecords(
  records: readonly (JournalRecord | string)[],
  header: ExportHeader = HEADER,
): Promise<JournalVerdict> {
  const texts = records.map((record) => (typeof record === 'string' ? record : recordText(record)));
  return verdictOn(await exportText(texts, header));
}

/** Where a verdict sees the first fault: `valid`, `seq 3: gap`, `line 2: not-json`. */
export function firstFault({ registers, faults, valid }: JournalVerdict): string {
  if (valid) return 'valid';
  const broken = registers.find(({ fault }) => fault)?.fault;
  if (broken)
    return `${broken.seq === undefined ? `line ${broken.line}` : `seq ${broken.seq}`}: ${broken.code}`;
  return `line ${faults[0]?.line}: ${faults[0]?.code}`;
}

/** The record of one kind among records. */
export function recordOf<Kind extends JournalRecord['kind']>(
  records: readonly JournalRecord[],
  kind: Kind,
): RecordOf<Kind> {
  const found = records.find((record): record is RecordOf<Kind> => record.kind === kind);
  if (!found) throw new Error(`no ${kind} record`);
  return found;
}

/** The line of the terminal of the register, or of another device. */
export function deviceLineOf(key: string, change: Record<string, string | undefined> = {}): string {
  const terminal = { device: '0123456789abcdef', key, role: 'terminal', store: STORE, register: REGISTER };
  return canonicalJson({ ...terminal, ...change });
}

/** The chain signed by a device made for it, and the line of the device. */
export function signedChain(): { readonly records: readonly JournalRecord[]; readonly device: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x: key } = publicKey.export({ format: 'jwk' });
  return {
    records: chainOf().map((record) => ({
      ...record,
      sig: sign(null, Buffer.from(record.hash, 'ascii'), privateKey).toString('base64url'),
    })),
    device: deviceLineOf(key ?? ''),
  };
}
