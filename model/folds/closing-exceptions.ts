import { isBehindClosing, type JournalRecord, type RecordOf } from '../journal/record.ts';
import { groups, involved, type ExceptionOf, type ShopException } from './shop-exception.ts';
import { heldSession, overShort, type HeldSession } from './store-day.ts';

/** Figures that a ZZ or the closing of a period and what it closes both say. */
export const CLOSING_FIGURES = ['sales', 'refunds', 'gross', 'tax'] as const;

type Figures = Record<(typeof CLOSING_FIGURES)[number], number>;

/** A session as closings are compared with it (rule F8): its figures, the `seq` of its last record, its over or short once closed. */
export type ComparedSession = Figures & {
  readonly register: string;
  readonly session: number;
  readonly seq: number;
  readonly difference: number | undefined;
};

type Session = ComparedSession & {
  readonly opened: RecordOf<'opened'>;
  readonly closed: RecordOf<'closed'> | undefined;
};

/** What is wrong between a ZZ and a session of its day: it came or went on later, or a figure is another; `what` names the figure. */
export type DayFault =
  | { readonly kind: 'late-session' }
  | {
      readonly kind: 'zz-mismatch';
      readonly what: (typeof CLOSING_FIGURES)[number] | 'difference';
      readonly said: number;
      readonly found: number;
    };

/** Compares a session with a ZZ of its day (rules R11 and F8); undefined where they agree or the session is not whole here. */
export function compareDay(zz: RecordOf<'zz'>['body'], held: ComparedSession): DayFault | undefined {
  const row = zz.sessions.find((one) => one.register === held.register && one.session === held.session);
  if (!row || row.seq < held.seq) return { kind: 'late-session' };
  if (row.open || held.difference === undefined || row.seq > held.seq) return undefined;
  const what = CLOSING_FIGURES.find((name) => row[name] !== held[name]);
  if (what) return { kind: 'zz-mismatch', what, said: row[what], found: held[what] };
  if (row.difference === held.difference) return undefined;
  return { kind: 'zz-mismatch', what: 'difference', said: row.difference ?? 0, found: held.difference };
}

/** The first figure of a period's closing that its sessions do not add up to (rules R12 and F8). */
export function comparePeriod(
  body: RecordOf<'period'>['body'],
  sums: Figures,
): (typeof CLOSING_FIGURES)[number] | undefined {
  return CLOSING_FIGURES.find((name) => body[name] !== sums[name]);
}

/** What closings of days and periods and the sessions they close say otherwise of each other (rule F8). Each record once. */
export function closingExceptions(records: readonly JournalRecord[]): ShopException[] {
  const zzs = records.filter((record) => record.kind === 'zz');
  const periods = records.filter((record) => record.kind === 'period');
  if (zzs.length + periods.length === 0) return [];
  const numbers = groups(records, numberOf);
  const isForked = (record: JournalRecord) => (numbers.get(numberOf(record)) ?? []).length > 1;
  const sessions = [...groups(records, sessionOf).values()]
    .filter((own) => !own.some(isForked))
    .flatMap((own) => comparedSession(own) ?? []);
  return [
    ...zzs.flatMap((zz) => dayExceptions(zz, sessions)),
    ...periods.flatMap((period) => periodExceptions(period, sessions)),
  ];
}

function dayExceptions(
  zz: RecordOf<'zz'>,
  sessions: readonly Session[],
): ExceptionOf<'late-session' | 'zz-mismatch'>[] {
  const { day } = zz.body;
  return sessions.flatMap((held) => {
    const { opened, closed, register, session } = held;
    if (opened.org !== zz.org || opened.store !== zz.store || opened.body.day !== day) return [];
    const fault = compareDay(zz.body, held);
    if (!fault) return [];
    const other = fault.kind === 'late-session' ? opened : closed;
    return other ? [{ kind: fault.kind, ...involved([zz, other]), day, register, session }] : [];
  });
}

function periodExceptions(
  closing: RecordOf<'period'>,
  sessions: readonly Session[],
): ExceptionOf<'period-mismatch'>[] {
  const { body, org, store, register, session } = closing;
  const own = sessions.filter(
    ({ opened, closed }) =>
      closed !== undefined &&
      opened.org === org &&
      opened.store === store &&
      opened.register === register &&
      opened.session >= body.from &&
      opened.session <= body.to,
  );
  if (own.length !== body.to - body.from + 1) return [];
  const sums = own.reduce<Figures>(addFigures, { sales: 0, refunds: 0, gross: 0, tax: 0 });
  if (comparePeriod(body, sums) === undefined) return [];
  return [{ kind: 'period-mismatch', ...involved([closing]), period: body.period, register, session }];
}

/** A session that can be compared: its opening is here. */
function comparedSession(records: readonly JournalRecord[]): Session | undefined {
  const sorted = records.filter(({ kind }) => !isBehindClosing(kind)).sort((a, b) => a.seq - b.seq);
  const [opened] = sorted;
  if (opened?.kind !== 'opened') return undefined;
  const held = heldSession(sorted);
  const closed = sorted.findLast((record) => record.kind === 'closed');
  return held && { ...figuresOf(held), opened, closed };
}

function figuresOf({ report, seq }: HeldSession): ComparedSession {
  const { register, session, sales, exchanges, refunds, gross, tax } = report;
  return {
    register,
    session,
    seq,
    sales: sales.count + exchanges.count,
    refunds: refunds.count,
    gross,
    tax,
    difference: report.closed ? overShort(report) : undefined,
  };
}

function addFigures(sum: Figures, more: Figures): Figures {
  return {
    sales: sum.sales + more.sales,
    refunds: sum.refunds + more.refunds,
    gross: sum.gross + more.gross,
    tax: sum.tax + more.tax,
  };
}

function numberOf({ org, store, register, seq }: JournalRecord): string {
  return `${org} ${store}-${register} ${seq}`;
}

function sessionOf({ org, store, register, session }: JournalRecord): string {
  return `${org} ${store}-${register} ${session}`;
}
