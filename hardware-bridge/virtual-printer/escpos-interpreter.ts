import { commandLength, type CommandBytes } from './escpos-commands.ts';
import type { StripAlign, StripLine, TextRun } from './paper-strip.ts';

/** What the bytes ask of the printer's mechanism. */
export type PrinterAct =
  | { readonly kind: 'line'; readonly line: StripLine }
  | { readonly kind: 'cut' }
  | { readonly kind: 'drawer'; readonly pin: 2 | 5 }
  | { readonly kind: 'answer-status'; readonly n: number }
  | { readonly kind: 'answer-process'; readonly id: readonly number[] }
  | { readonly kind: 'note'; readonly text: string };

type Style = { bold: boolean; width: number; height: number; align: StripAlign };

const PLAIN: Readonly<Style> = { bold: false, width: 1, height: 1, align: 'left' };

/**
 * Reads ESC/POS byte by byte, as a printer does: bytes may come in any portions. It was written from the printers' manuals and shares nothing
 * with the bridge's encoder, so that the two check each other.
 */
export class EscPosInterpreter {
  readonly #columns: number;
  #pending: number[] = [];
  #style: Style = { ...PLAIN };
  #codePage = 'ibm437';
  #runs: TextRun[] = [];
  #barcode = { height: 162, module: 3, caption: false };
  #qr = { module: 3, level: 'M', data: '' };
  #acts: PrinterAct[] = [];

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** What the printer does after one more byte. */
  push(byte: number): PrinterAct[] {
    this.#acts = [];
    this.#pending.push(byte);
    const length = commandLength(this.#pending);
    if (length !== null && this.#pending.length >= length) {
      const bytes = this.#pending;
      this.#pending = [];
      this.#obey(bytes);
    }
    return this.#acts;
  }

  /** Power off: whatever was half read or half set is gone. */
  reset(): void {
    this.#pending = [];
    this.#initialize();
  }

  /** What is in the line buffer comes out although no line feed followed, as when the paper is torn off. */
  flush(): StripLine | null {
    const line = this.#runs.length > 0 ? this.#textLine() : null;
    this.#runs = [];
    return line;
  }

  #initialize(): void {
    this.#style = { ...PLAIN };
    this.#codePage = 'ibm437';
    this.#runs = [];
    this.#barcode = { height: 162, module: 3, caption: false };
  }

  #obey(bytes: number[]): void {
    const [first = 0] = bytes;
    if (first === 0x0a) return this.#feedLine();
    if (first === 0x1b) return this.#obeyEscape(bytes);
    if (first === 0x1d) return this.#obeyGroup(bytes);
    if (first >= 0x20) return this.#print(first);
    if (first === 0x00 || first === 0x0d || first === 0x10) return;
    this.#note(`control byte ${hex([first])} in the text`);
  }

  #obeyEscape(bytes: number[]): void {
    const [, command = 0, n = 0] = bytes;
    switch (String.fromCharCode(command)) {
      case '@':
        return this.#initialize();
      case 'E':
      case 'G':
        this.#style.bold = (n & 1) === 1;
        return;
      case 'a':
        this.#style.align = (['left', 'center', 'right'] as const)[n % 48] ?? 'left';
        return;
      case '!':
        this.#style.bold = (n & 0x08) !== 0;
        this.#style.height = (n & 0x10) === 0 ? 1 : 2;
        this.#style.width = (n & 0x20) === 0 ? 1 : 2;
        return;
      case 't':
        return this.#selectCodePage(n);
      case 'd':
        return this.#feed(n);
      case 'p':
        return this.#pulse(bytes);
      case 'J':
        return this.#feed(Math.max(1, Math.round(n / 30)));
      default:
        if (!'2 3 M - { R = V S $ \\'.includes(String.fromCharCode(command)))
          this.#note(`unknown command ${hex(bytes)}`);
    }
  }

  #obeyGroup(bytes: number[]): void {
    const [, command = 0, n = 0] = bytes;
    switch (String.fromCharCode(command)) {
      case '!':
        this.#style.width = 1 + ((n >> 4) & 7);
        this.#style.height = 1 + (n & 7);
        return;
      case 'V':
        this.#flushLine();
        this.#acts.push({ kind: 'cut' });
        return;
      case 'r':
        this.#acts.push({ kind: 'answer-status', n: n % 48 });
        return;
      case 'h':
        this.#barcode.height = n;
        return;
      case 'w':
        this.#barcode.module = n;
        return;
      case 'H':
        this.#barcode.caption = n % 48 >= 2;
        return;
      case 'k':
        return this.#printBarcode(bytes);
      case '(':
        return this.#obeyExtended(bytes);
      default:
        if (!'B L W f a'.includes(String.fromCharCode(command))) this.#note(`unknown command ${hex(bytes)}`);
    }
  }

  #obeyExtended(bytes: number[]): void {
    const [, , set = 0, , , first = 0, second = 0, ...data] = bytes;
    if (set === 0x48 && first === 0x30) {
      this.#acts.push({ kind: 'answer-process', id: data });
      return;
    }
    if (set !== 0x6b || first !== 0x31) return this.#note(`unknown command ${hex(bytes.slice(0, 7))}`);
    if (second === 0x43) this.#qr.module = data[0] ?? 3;
    if (second === 0x45) this.#qr.level = 'LMQH'[(data[0] ?? 0x31) - 0x30] ?? 'M';
    if (second === 0x50) this.#qr.data = new TextDecoder().decode(Uint8Array.from(data.slice(1)));
    if (second === 0x51) this.#drawLine({ kind: 'qr', align: this.#style.align, ...this.#qr });
  }

  #printBarcode(bytes: CommandBytes): void {
    const [, , type = 0] = bytes;
    const text = String.fromCharCode(...(type >= 65 ? bytes.slice(4) : bytes.slice(3, -1)));
    const symbology = barcodeName(type);
    if (symbology === null) return this.#note(`barcode of unknown type ${type}`);
    const data = symbology === 'code128' ? text.replace(/^\{[ABC]/, '').replaceAll('{{', '{') : text;
    this.#drawLine({ kind: 'barcode', align: this.#style.align, symbology, data, ...this.#barcode });
  }

  #pulse(bytes: CommandBytes): void {
    const [, , pin = 0] = bytes;
    if (![0, 1, 48, 49].includes(pin))
      return this.#note(`drawer pulse on connector ${pin}, which does not exist`);
    this.#acts.push({ kind: 'drawer', pin: pin % 48 === 0 ? 2 : 5 });
  }

  #selectCodePage(n: number): void {
    const label = new Map([
      [0, 'ibm437'],
      [16, 'windows-1252'],
      [17, 'ibm866'],
      [39, 'iso-8859-2'],
      [40, 'iso-8859-15'],
      [45, 'windows-1250'],
      [46, 'windows-1251'],
      [47, 'windows-1253'],
      [48, 'windows-1254'],
      [51, 'windows-1257'],
    ]).get(n);
    if (label === undefined) this.#note(`character table ${n} is not in this printer`);
    else this.#codePage = label;
  }

  #print(byte: number): void {
    const { bold, width, height } = this.#style;
    const used = this.#runs.reduce((sum, run) => sum + [...run.text].length * run.width, 0);
    // A real print head wraps as well; nothing runs off the paper.
    if (used + width > this.#columns) this.#feedLine();
    const last = this.#runs.at(-1);
    const text = this.#decode(byte);
    if (last && last.bold === bold && last.width === width && last.height === height) last.text += text;
    else this.#runs.push({ text, bold, width, height });
  }

  #decode(byte: number): string {
    if (byte < 0x80) return byte === 0x7f ? '' : String.fromCharCode(byte);
    // Table 437 is what a printer wakes up with; whoever prints accents without choosing a table sees that it is not theirs.
    if (this.#codePage === 'ibm437') return '¤';
    return new TextDecoder(this.#codePage).decode(Uint8Array.of(byte));
  }

  #feedLine(): void {
    this.#acts.push({ kind: 'line', line: this.#textLine() });
    this.#runs = [];
  }

  #textLine(): StripLine {
    return { kind: 'text', align: this.#style.align, runs: this.#runs };
  }

  #feed(lines: number): void {
    this.#flushLine();
    if (lines > 0) this.#acts.push({ kind: 'line', line: { kind: 'feed', lines } });
  }

  #drawLine(line: StripLine): void {
    this.#flushLine();
    this.#acts.push({ kind: 'line', line });
  }

  #flushLine(): void {
    if (this.#runs.length > 0) this.#feedLine();
  }

  #note(text: string): void {
    this.#acts.push({ kind: 'note', text });
  }
}

function barcodeName(type: number): string | null {
  const names = new Map([
    [2, 'ean13'],
    [67, 'ean13'],
    [3, 'ean8'],
    [68, 'ean8'],
    [4, 'code39'],
    [69, 'code39'],
    [0, 'upca'],
    [65, 'upca'],
    [73, 'code128'],
  ]);
  return names.get(type) ?? null;
}

function hex(bytes: CommandBytes): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
