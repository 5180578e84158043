import { fault, type Fault } from './fault.ts';
import type { Figures, PeriodBody, ZzBody } from './record.ts';
import type { SessionSums } from './sums.ts';

type Closed = Figures & { readonly session: number; readonly day: string };

const NAMES = ['sales', 'refunds', 'gross', 'tax'] as const;
const NOTHING: Figures = { sales: 0, refunds: 0, gross: 0, tax: 0 };

/** Adds figures exactly; NaN where a sum leaves the safe integers, which equals nothing. */
function added(all: readonly Figures[]): Figures {
  return all.reduce((sum, one) => {
    const next = { ...sum };
    for (const name of NAMES)
      next[name] = Number.isSafeInteger(sum[name] + one[name]) ? sum[name] + one[name] : NaN;
    return next;
  }, NOTHING);
}

function figuresFault(what: string, said: Figures, due: Figures): Fault | undefined {
  const wrong = NAMES.find((name) => said[name] !== due[name]);
  return wrong && fault('wrong-figures', `${what} says ${wrong} ${said[wrong]}, its parts ${due[wrong]}`);
}

/** Follows the closed sessions of one register and checks its months and years against them (rules R12 and J13). */
export class PeriodCheck {
  #closed: Closed[] = [];
  #month: PeriodBody | undefined;
  #year: PeriodBody | undefined;
  /** Whether what was before the first record of the file is unknown: its first closings are taken as given. */
  #isPartial = false;

  /** The file begins with a later session than the register did. */
  beginLate(): void {
    this.#isPartial = true;
  }

  /** Takes a session that was closed. */
  close(session: number, day: string, { sales, refunds, gross, tax }: SessionSums): void {
    this.#closed.push({ session, day, sales, refunds, gross, tax });
  }

  /** Checks a closing behind the session `session`, and goes on from it. */
  take(body: PeriodBody, session: number): Fault | undefined {
    const found =
      this.#placeFault(body, session) ??
      (body.period.length === 4 ? this.#yearFault(body) : this.#monthFault(body));
    if (found) return found;
    if (body.period.length === 4) this.#year = body;
    else {
      this.#month = body;
      this.#closed = [];
    }
    return undefined;
  }

  #placeFault({ period, from, to }: PeriodBody, session: number): Fault | undefined {
    if (to !== session || from > to)
      return fault('wrong-period', `a period behind session ${session} says sessions ${from} to ${to}`);
    const last = this.#closed.at(-1);
    return last === undefined || last.day.startsWith(period)
      ? undefined
      : fault('wrong-period', `the period ${period} ends with a session of ${last.day}`);
  }

  #monthFault(body: PeriodBody): Fault | undefined {
    const { from, year } = body;
    const due = this.#month ? this.#month.to + 1 : this.#isPartial ? from : 1;
    if (from !== due || this.#closed.length === 0)
      return fault('wrong-period', `the month begins with session ${from} and should with ${due}`);
    if (year === undefined) return fault('wrong-period', 'the month does not say what its year came to');
    const first = this.#closed[0]?.session ?? from;
    if (from < first) return undefined;
    const own = added(this.#closed);
    const before = this.#month && this.#year?.to !== this.#month.to ? this.#month.year : undefined;
    const known = this.#month !== undefined || !this.#isPartial;
    return (
      figuresFault(`the month ${body.period}`, body, own) ??
      (known
        ? figuresFault(`the year in ${body.period}`, year, added([before ?? NOTHING, own]))
        : undefined) ??
      (known && year.from !== (before?.from ?? from)
        ? fault('wrong-period', `the year begins with session ${year.from}`)
        : undefined)
    );
  }

  #yearFault(body: PeriodBody): Fault | undefined {
    const month = this.#month;
    if (month?.to !== body.to || this.#year?.to === body.to || month.year === undefined)
      return fault('wrong-period', `the year ${body.period} is not closed behind its last month`);
    if (body.from !== month.year.from || !month.period.startsWith(body.period))
      return fault('wrong-period', `the year ${body.period} does not begin where its months do`);
    return figuresFault(`the year ${body.period}`, body, month.year);
  }
}

/** Checks that a ZZ is the sum of the sessions it names (rule R11). */
export function zzFault(body: ZzBody): Fault | undefined {
  const names = new Set(body.sessions.map(({ register, session }) => `${register}#${session}`));
  if (names.size !== body.sessions.length) return fault('wrong-figures', 'the ZZ names a session twice');
  const odd = body.sessions.find(({ open, difference }) => (open === true) !== (difference === undefined));
  if (odd)
    return fault('wrong-figures', `session ${odd.session} of ${odd.register} is neither open nor closed`);
  const difference = body.sessions.reduce((sum, row) => sum + (row.difference ?? 0), 0);
  return (
    figuresFault('the ZZ', body, added(body.sessions)) ??
    (difference === body.difference
      ? undefined
      : fault('wrong-figures', `the ZZ says a difference of ${body.difference}, its sessions ${difference}`))
  );
}
