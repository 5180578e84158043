import type { PrintCause, PrinterStatus } from '#model/receipt/print-job.ts';

/** How a printer answered when it was asked how it is. */
export type PrinterReading = { readonly state: PrinterStatus['state']; readonly paperNearEnd: boolean };

/** One answer of a printer, told apart by its fixed bits. */
export type PrinterSignal =
  | { readonly kind: 'status'; readonly byte: number }
  | { readonly kind: 'done'; readonly paperOut: boolean; readonly paperNearEnd: boolean }
  | { readonly kind: 'process'; readonly id: string };

/** DLE EOT n: answered at once, also while the printer is stopped. */
export function askStatus(n: 1 | 2 | 3 | 4): Buffer {
  return Buffer.from([0x10, 0x04, n]);
}

/** GS r 1: answered when everything before it has been worked off. */
export const ASK_DONE = Buffer.from([0x1d, 0x72, 0x01]);

/** GS ( H function 48 with a four-character id: answered when everything before it is printed. */
export function askProcess(id: string): Buffer {
  return Buffer.concat([Buffer.from([0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30]), Buffer.from(id, 'latin1')]);
}

/** Takes a printer's bytes apart, however the network cut them up. */
export class SignalParser {
  #skip = 0;
  #process: number[] | null = null;

  /** The signals that are complete after these bytes. */
  push(bytes: Uint8Array): PrinterSignal[] {
    const signals: PrinterSignal[] = [];
    for (const byte of bytes) {
      const signal = this.#take(byte);
      if (signal) signals.push(signal);
    }
    return signals;
  }

  #take(byte: number): PrinterSignal | null {
    if (this.#skip > 0) {
      this.#skip -= 1;
      return null;
    }
    if (this.#process) return this.#takeProcess(this.#process, byte);
    if (byte === 0x37) {
      this.#process = [];
      return null;
    }
    if ((byte & 0x93) === 0x12) return { kind: 'status', byte };
    if ((byte & 0x93) === 0x10) {
      // An unasked status report has three more bytes that look like answers and are none.
      this.#skip = 3;
      return null;
    }
    if ((byte & 0x90) !== 0) return null;
    return { kind: 'done', paperOut: (byte & 0x0c) !== 0, paperNearEnd: (byte & 0x03) !== 0 };
  }

  /** 37 22 d1 d2 d3 d4 00 */
  #takeProcess(bytes: number[], byte: number): PrinterSignal | null {
    if (byte !== 0 && bytes.length < 5) {
      bytes.push(byte);
      return null;
    }
    this.#process = null;
    return bytes[0] === 0x22 ? { kind: 'process', id: String.fromCharCode(...bytes.slice(1)) } : null;
  }
}

/** What the answers to DLE EOT 1 to 4 mean together; an answer that did not come is `null` and says nothing. */
export function readingOf(answers: readonly (number | null)[]): PrinterReading {
  const [printer, offline, error, paper] = answers.map((answer) => answer ?? 0x12);
  const has = (byte: number | undefined, bits: number): boolean => ((byte ?? 0) & bits) !== 0;
  const paperNearEnd = has(paper, 0x0c);
  if (has(offline, 0x04)) return { state: 'cover-open', paperNearEnd };
  if (has(offline, 0x20) || has(paper, 0x60)) return { state: 'paper-out', paperNearEnd };
  if (has(offline, 0x40) || has(error, 0x68) || has(printer, 0x08)) return { state: 'error', paperNearEnd };
  return { state: 'ready', paperNearEnd };
}

/** The cause a job is held up with while a printer reads like this; null when it does not hold anything up. */
export function causeOf(state: PrinterStatus['state']): PrintCause | null {
  switch (state) {
    case 'paper-out':
    case 'cover-open':
    case 'offline':
      return state;
    case 'error':
      return 'printer-error';
    case 'ready':
    case 'unreported':
      return null;
  }
}
