import type { JournalVerdict } from './journal-check.ts';
import type { RegisterVerdict } from './register-check.ts';

const HEADINGS = [
  'register',
  'records',
  'seq',
  'receipts',
  'count',
  'signed total',
  'absolute total',
  'verdict',
];
/** Columns of numbers stand flush right. */
const NUMBERS = new Set([1, 4, 5, 6]);

/** What people read about a file: a table, the faults in words, what could not be checked, and the verdict. */
export function describeVerdict(verdict: JournalVerdict): string {
  const { header, registers, faults } = verdict;
  const sections = [
    header && `Journal of organization ${header.organization}, exported ${header.exportedAt}${days(header)}.`,
    registers.length > 0 ? table([HEADINGS, ...registers.map(rowOf)]) : undefined,
    [
      ...registers.flatMap(registerFault),
      ...faults.map(({ line, reason }) => `Line ${line}: ${reason}.`),
    ].join('\n'),
    registers.flatMap(headOf).join('\n'),
    notesOn(verdict).join('\n'),
    verdict.valid ? 'VALID: every record was checked.' : 'NOT VALID.',
  ];
  return `${sections.filter((section) => section !== undefined && section !== '').join('\n\n')}\n`;
}

function days({ from, to }: { readonly from?: string; readonly to?: string }): string {
  if (from === undefined && to === undefined) return '';
  return `, business days ${from ?? 'from the first'} to ${to ?? 'the last'}`;
}

function rowOf(register: RegisterVerdict): string[] {
  const { totals, currency } = register;
  return [
    register.register,
    String(register.records),
    span(register.firstSeq, register.lastSeq),
    span(register.firstReceipt, register.lastReceipt),
    String(totals.receipts),
    `${totals.signed} ${currency ?? ''}`.trim(),
    String(totals.absolute),
    register.valid ? 'valid' : 'BROKEN',
  ];
}

function span(first: string | number | undefined, last: string | number | undefined): string {
  return first === undefined ? '–' : `${first} to ${last}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          NUMBERS.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function registerFault({ register, fault, checked, records }: RegisterVerdict): string[] {
  if (!fault) return [];
  const where = fault.seq === undefined ? `line ${fault.line}` : `line ${fault.line}, seq ${fault.seq}`;
  return [`${register}, ${where}: ${fault.reason}. Sound before it: ${checked} of ${records} records.`];
}

function headOf({ register, lastSeq, head, open, countersigned }: RegisterVerdict): string[] {
  if (lastSeq === undefined) return [];
  const held = countersigned === undefined ? '' : ` Head office countersigned it up to seq ${countersigned}.`;
  return [
    `${register} ends with seq ${lastSeq}, hash ${head}${open ? ', its last session open' : ''}.${held}`,
  ];
}

function notesOn({ registers, devices }: JournalVerdict): string[] {
  const total = (of: (register: RegisterVerdict) => number) =>
    registers.reduce((sum, register) => sum + of(register), 0);
  const unsigned = total((register) => register.unsigned);
  const unknown = total((register) => register.unknownSignatures);
  const signed = total((register) => register.signed);
  return [
    'Amounts are in minor units; totals are perpetual.',
    ...registers
      .filter(({ firstSeq = 1 }) => firstSeq > 1)
      .map(
        ({ register, firstSeq }) =>
          `${register} begins at seq ${firstSeq}: what was before is not in this file.`,
      ),
    ...(signed > 0
      ? [
          `${signed} records are signed by ${devices.length} devices of this file; compare their keys with your own list.`,
        ]
      : []),
    ...registers.flatMap(({ register, clockMoves, backwards }) => [
      ...(clockMoves > 0 ? [`The clock of ${register} was moved ${clockMoves} times.`] : []),
      ...(backwards > 0
        ? [`${register} has ${backwards} records whose time goes back and no record of a moved clock.`]
        : []),
    ]),
    ...(unknown > 0 ? [`${unknown} records are signed and the file has no key to check them with.`] : []),
    ...(unsigned > 0
      ? [
          `${unsigned} records carry no signature: their chain shows any change to a part, not a chain that was made anew as a whole. Compare seq and hash above with a copy from elsewhere.`,
        ]
      : []),
  ];
}
