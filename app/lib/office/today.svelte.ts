import { addDays } from './business-days.ts';
import { Loaded } from './loaded.svelte.ts';
import type { ReportsClient } from './reports-client.ts';
import type { ExceptionRow, RelayStatus, SalesAnswer, SessionRow } from './reports-schema.ts';
import { dayBefore, figuresOf, lastBusinessDay, openSessions } from './today.ts';

// Sessions are asked for some days back, so that a register nobody closed is seen.
const DAYS_BACK = 14;
const LONG_AGO = '1970-01-01';

/** What the Today page shows: sales by day, the day's sessions, exceptions and the relay's links. */
export class Today {
  readonly sales = new Loaded<SalesAnswer>();
  readonly sessions = new Loaded<readonly SessionRow[]>();
  readonly exceptions = new Loaded<readonly ExceptionRow[]>();
  readonly relay = new Loaded<RelayStatus>();
  readonly #client: ReportsClient;

  constructor(client: ReportsClient) {
    this.#client = client;
  }

  readonly open = $derived.by(() => openSessions(this.sessions.value ?? []));
  readonly day = $derived.by(() =>
    this.sales.value === undefined ? undefined : lastBusinessDay(this.sales.value, this.open),
  );
  readonly figures = $derived.by(() =>
    this.sales.value === undefined || this.day === undefined
      ? undefined
      : figuresOf(this.sales.value, this.day),
  );
  readonly before = $derived.by(() => {
    if (this.sales.value === undefined || this.day === undefined) return undefined;
    const day = dayBefore(this.sales.value, this.day);
    return day === undefined ? undefined : figuresOf(this.sales.value, day);
  });
  readonly daySessions = $derived.by(() =>
    (this.sessions.value ?? []).filter((session) => session.day === this.day || !session.closedAt),
  );

  /** Asks for everything the reports program knows. */
  async refresh(): Promise<void> {
    await Promise.all([
      this.#refreshSales(),
      this.exceptions.load('exceptions', () => this.#client.exceptions()),
    ]);
  }

  /** Asks the relay for its links. */
  async refreshRelay(): Promise<void> {
    await this.relay.load('relay', () => this.#client.relay());
  }

  async #refreshSales(): Promise<void> {
    await this.sales.load('sales', () => this.#client.sales('day', {}));
    const last = this.sales.value === undefined ? undefined : lastBusinessDay(this.sales.value, []);
    const from = last === undefined ? LONG_AGO : addDays(last, -DAYS_BACK);
    await this.sessions.load('sessions', () => this.#client.sessions({ from }));
  }
}
