import { EscPosInterpreter, type PrinterAct } from './escpos-interpreter.ts';
import { NO_FAULTS, type FaultChange, type Faults } from './faults.ts';
import type { PrintedPaper, StripLine } from './paper-strip.ts';
import type { RealTimeCommand } from './real-time-commands.ts';

/** A connection as the mechanism sees it. */
export type Caller = {
  /** Sends an answer back; a caller who has gone misses it. */
  answer(bytes: readonly number[]): void;
  /** Says goodbye: everything it sent has been printed. */
  bye(): void;
  /** Breaks the connection off. */
  reset(): void;
  /** Stops or goes on reading from the connection. */
  hold(full: boolean): void;
};

/** What the mechanism tells its surroundings. */
export type MechanismEvents = {
  readonly onPaper: (paper: Omit<PrintedPaper, 'number' | 'at'>) => void;
  readonly onChange: () => void;
};

type Intake = {
  readonly caller: Caller;
  readonly bytes: readonly number[];
  readonly last: boolean;
  next: number;
};

/** The printer's receive buffer, in bytes; beyond it the sender has to wait. */
const BUFFER = 64 * 1024;
const TICK_MS = 20;

/** The works of the printer: buffer, head, knife, sensors and drawer. What it has received it prints, whether or not the sender is still there. */
export class PrintMechanism {
  readonly columns: number;
  faults: Faults = NO_FAULTS;
  drawerOpen = false;
  drawerOpenings = 0;
  /** The connector pin the latest pulse was on. */
  drawerPin: 2 | 5 | undefined;
  readonly #events: MechanismEvents;
  readonly #interpreter: EscPosInterpreter;
  readonly #callers = new Map<Caller, { processed: number; drawer: boolean }>();
  #intake: Intake[] = [];
  #waiting = 0;
  #strip: StripLine[] = [];
  #notes: string[] = [];
  #stripBytes = 0;
  #allowance = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(columns: number, events: MechanismEvents) {
    this.columns = columns;
    this.#events = events;
    this.#interpreter = new EscPosInterpreter(columns);
  }

  /** Bytes received and not yet printed. */
  get waitingBytes(): number {
    return this.#waiting;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#callers.size;
  }

  /** Somebody has connected. */
  connected(caller: Caller): void {
    this.#callers.set(caller, { processed: 0, drawer: false });
    this.#events.onChange();
  }

  /** Data has come; it waits its turn. */
  received(caller: Caller, bytes: number[]): void {
    if (bytes.length === 0 || !this.#callers.has(caller)) return;
    this.#intake.push({ caller, bytes, last: false, next: 0 });
    this.#waiting += bytes.length;
    if (this.#waiting > BUFFER) caller.hold(true);
    this.#work();
  }

  /** The connection has ended; what it sent is still printed. */
  disconnected(caller: Caller): void {
    if (!this.#callers.has(caller)) return;
    this.#intake.push({ caller, bytes: [], last: true, next: 0 });
    this.#work();
  }

  /** A real-time command: obeyed now. */
  obeyAtOnce(caller: Caller, command: RealTimeCommand): void {
    if (command.kind === 'drawer') this.#openDrawer(caller, command.pin);
    else this.#answer(caller, [this.#statusByte(command.n)]);
  }

  /** Changes some faults; the works go on where they can. */
  setFaults(change: FaultChange): void {
    this.faults = Object.assign({}, this.faults, change);
    if (this.faults.off) this.#loseEverything();
    this.#events.onChange();
    this.#work();
  }

  /** A person pushes the drawer shut. */
  closeDrawer(): void {
    this.drawerOpen = false;
    this.#events.onChange();
  }

  /** Stops the works for good. */
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#intake = [];
  }

  get #stopped(): boolean {
    return this.faults.off || this.faults.mute || this.faults.paperOut || this.faults.coverOpen;
  }

  #work(): void {
    const { bytesPerSecond } = this.faults;
    if (bytesPerSecond === null) {
      this.#pace(false);
      return this.#process(Number.POSITIVE_INFINITY);
    }
    this.#pace(this.#intake.length > 0);
  }

  #pace(running: boolean): void {
    if (running && !this.#timer) this.#timer = setInterval(() => this.#tick(), TICK_MS);
    if (!running && this.#timer) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  #tick(): void {
    this.#allowance += ((this.faults.bytesPerSecond ?? 0) * TICK_MS) / 1000;
    const whole = Math.floor(this.#allowance);
    this.#allowance -= whole;
    this.#process(whole);
    if (this.#intake.length === 0) this.#pace(false);
  }

  #process(most: number): void {
    let left = most;
    while (!this.#stopped) {
      const next = this.#intake[0];
      if (!next) return;
      if (next.next >= next.bytes.length) this.#finishIntake(next);
      else if (left-- > 0) this.#printByte(next);
      else return;
    }
  }

  #finishIntake(intake: Intake): void {
    this.#intake.shift();
    if (!intake.last || !this.#callers.has(intake.caller)) return;
    this.#fileStrip(intake.caller, false);
    this.#callers.delete(intake.caller);
    intake.caller.bye();
    this.#events.onChange();
  }

  #printByte(intake: Intake): void {
    const { caller } = intake;
    const account = this.#callers.get(caller);
    const { resetAtByte, paperOutAtByte } = this.faults;
    if (!account) return this.#forget(caller);
    if (resetAtByte !== null && account.processed >= resetAtByte) return this.#breakOff(caller);
    if (paperOutAtByte !== null && account.processed >= paperOutAtByte) {
      this.faults = { ...this.faults, paperOut: true, paperOutAtByte: null };
      return this.#events.onChange();
    }
    account.processed += 1;
    this.#waiting -= 1;
    this.#stripBytes += 1;
    const byte = intake.bytes[intake.next] ?? 0;
    intake.next += 1;
    for (const act of this.#interpreter.push(byte)) this.#act(caller, act);
    if (this.#waiting === BUFFER / 2) for (const waiting of this.#callers.keys()) waiting.hold(false);
  }

  #act(caller: Caller, act: PrinterAct): void {
    switch (act.kind) {
      case 'line':
        this.#strip.push(act.line);
        return;
      case 'cut':
        return this.#fileStrip(caller, true);
      case 'drawer':
        return this.#openDrawer(caller, act.pin);
      case 'answer-status':
        return this.#answer(caller, [
          act.n === 2 ? (this.drawerOpen ? 1 : 0) : this.faults.paperNearEnd ? 0x03 : 0x00,
        ]);
      case 'answer-process':
        return this.#answer(caller, [0x37, 0x22, ...act.id, 0x00]);
      case 'note':
        this.#notes.push(act.text);
        return;
    }
  }

  #answer(caller: Caller, bytes: readonly number[]): void {
    if (!this.faults.silent && !this.faults.mute) caller.answer(bytes);
  }

  /** DLE EOT n, with bit 1 and bit 4 always set. */
  #statusByte(n: number): number {
    const { paperOut, paperNearEnd, coverOpen } = this.faults;
    const halted = paperOut || coverOpen;
    if (n === 1) return 0x12 | (this.drawerOpen ? 0x04 : 0) | (halted ? 0x08 : 0);
    if (n === 2) return 0x12 | (coverOpen ? 0x04 : 0) | (paperOut ? 0x20 : 0);
    if (n === 4) return 0x12 | (paperNearEnd || paperOut ? 0x0c : 0) | (paperOut ? 0x60 : 0);
    return 0x12;
  }

  #openDrawer(caller: Caller, pin: 2 | 5): void {
    const account = this.#callers.get(caller);
    if (account) account.drawer = true;
    this.drawerOpen = true;
    this.drawerOpenings += 1;
    this.drawerPin = pin;
    this.#events.onChange();
  }

  #breakOff(caller: Caller): void {
    this.#forget(caller);
    caller.reset();
    this.#fileStrip(caller, false);
    this.#callers.delete(caller);
    this.#events.onChange();
  }

  #forget(caller: Caller): void {
    const lost = this.#intake.filter((intake) => intake.caller === caller);
    this.#waiting -= lost.reduce((sum, intake) => sum + intake.bytes.length - intake.next, 0);
    this.#intake = this.#intake.filter((intake) => intake.caller !== caller);
  }

  #loseEverything(): void {
    const callers = [...this.#callers.keys()];
    for (const caller of callers) this.#breakOff(caller);
    this.#intake = [];
    this.#waiting = 0;
    this.#interpreter.reset();
  }

  #fileStrip(caller: Caller, complete: boolean): void {
    const rest = complete ? null : this.#interpreter.flush();
    const lines = rest ? [...this.#strip, rest] : this.#strip;
    const account = this.#callers.get(caller);
    const bytes = this.#stripBytes;
    this.#strip = [];
    this.#stripBytes = 0;
    const notes = this.#notes.splice(0);
    if (lines.length === 0) return;
    this.#events.onPaper({
      columns: this.columns,
      bytes,
      complete,
      drawerOpened: account?.drawer ?? false,
      notes,
      lines: [...lines],
    });
    if (account) account.drawer = false;
    this.#events.onChange();
  }
}
