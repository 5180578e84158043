import { connect, type Socket } from 'node:net';
import { poleLine, type DisplayStatus, type PoleText } from '#model/receipt/pole-text.ts';
import type { Clock } from './clock.ts';
import { encodeText } from './code-pages.ts';
import type { DisplayProfile } from './display-profiles.ts';
import { textCleaner, type TextCleaner } from './printable-text.ts';

const ESC = 0x1b;
const US = 0x1f;
const ROWS = 2;
const RETRY_MS = 2000;
const KEEP_ALIVE_MS = 10_000;

/**
 * A pole display: the latest text wins, nothing is queued, and a display that is away costs nobody anything (rule P8). The commands
 * are those of Epson's DM-D series: ESC @ begins anew, ESC t picks the code page, US C hides the cursor, US $ puts it somewhere.
 */
export class PoleDisplay {
  readonly profile: DisplayProfile;
  readonly #clock: Clock;
  readonly #clean: TextCleaner;
  #socket: Socket | undefined;
  #wanted: string | undefined;
  #shown: string | undefined;
  #full = false;
  #stopped = false;
  #cancelRetry: () => void = () => undefined;

  constructor(profile: DisplayProfile, clock: Clock) {
    this.profile = profile;
    this.#clock = clock;
    this.#clean = textCleaner(profile.codePage);
  }

  /** Begins to connect, and goes on trying until it is stopped. */
  start(): void {
    if (this.#stopped) return;
    const socket = connect({ host: this.profile.host, port: this.profile.port });
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    // What a display may answer is of no use here; unread, it would stop the connection one day.
    socket.resume();
    socket.once('connect', () => {
      this.#socket = socket;
      this.#full = false;
      this.#shown = undefined;
      socket.write(Uint8Array.from([ESC, 0x40, ESC, 0x74, this.profile.codePage, US, 0x43, 0]));
      this.#send();
    });
    socket.on('drain', () => {
      this.#full = false;
      this.#send();
    });
    // 'close' follows every error.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#socket = undefined;
      if (!this.#stopped) this.#cancelRetry = this.#clock.after(RETRY_MS, () => this.start());
    });
  }

  /** Shows a text, now or when the display is back, unless another comes first. */
  show({ lines }: PoleText): void {
    const rows = Array.from({ length: ROWS }, (_, row) => lines[row] ?? { left: '' });
    const clean = (text: string) => this.#clean(text).replaceAll('\n', ' ');
    this.#wanted = rows
      .map(({ left, right }) =>
        poleLine(
          { left: clean(left), ...(right === undefined ? {} : { right: clean(right) }) },
          this.profile.columns,
        ),
      )
      .join('');
    this.#send();
  }

  /** How the display is. */
  status(): DisplayStatus {
    return { device: this.profile.device, state: this.#socket ? 'ready' : 'away' };
  }

  /** Clears the display and lets go of it. */
  stop(): void {
    this.#stopped = true;
    this.#cancelRetry();
    this.#socket?.end(Uint8Array.from([0x0c]));
    this.#socket = undefined;
  }

  #send(): void {
    const { columns, codePage } = this.profile;
    const text = this.#wanted;
    if (!this.#socket || this.#full || text === undefined || text === this.#shown) return;
    const rows = Array.from({ length: ROWS }, (_, row) => [
      US,
      0x24,
      1,
      row + 1,
      ...encodeText(text.slice(row * columns, (row + 1) * columns), codePage),
    ]);
    this.#shown = text;
    this.#full = !this.#socket.write(Uint8Array.from(rows.flat()));
  }
}
