import { BreakLine, PrinterTypes, ThermalPrinter } from 'node-thermal-printer';
import type { Paper } from '#model/receipt/paper.ts';
import { err, ok, type Result } from '#model/result.ts';
import { checkEan13, code128BarWidth, qrModuleSize } from './barcode-rules.ts';
import { characterSetOf } from './code-pages.ts';
import { drawerPulse, type Drawer } from './drawer.ts';
import { layoutPaper, type PaperRow } from './paper-layout.ts';
import type { PrinterProfile } from './printer-profiles.ts';
import { textCleaner } from './printable-text.ts';

/** A paper in the printer's language; `rows` is its length in printed rows, for estimating how long it takes. */
export type EncodedPaper = { readonly bytes: Buffer; readonly rows: number };

const INITIALIZE = Buffer.from([0x1b, 0x40]);
const FEED_LINES = [0x1b, 0x64] as const;
const NORMAL_SIZE = Buffer.from([0x1d, 0x21, 0x00]);
const DOUBLE_SIZE = Buffer.from([0x1d, 0x21, 0x11]);
const CODE_128 = 73;
const EAN_13 = 67;

/**
 * Turns a paper into ESC/POS for one printer: initialise, code page, the drawer's pulse when asked, rows, one cut. The error is a sentence
 * naming the line of the paper that no printer could print.
 */
export function encodePaper(
  paper: Paper,
  profile: PrinterProfile,
  options: { readonly openDrawer: boolean; readonly drawer?: Drawer },
): Result<EncodedPaper, string> {
  const problem = findProblem(paper);
  if (problem !== null) return err(problem);
  const encoder = newEncoder();
  const pieces = [INITIALIZE, take(encoder, () => encoder.setCharacterSet(characterSetOf(profile.codePage)))];
  if (options.openDrawer) pieces.push(drawerPulse(profile, options.drawer));
  const rows = layoutPaper(paper, profile.columns, textCleaner(profile.codePage));
  for (const row of rows) pieces.push(take(encoder, () => encodeRow(encoder, row, profile.dots)));
  // Four lines bring the last row past the knife; the library's default feeds twice as much.
  pieces.push(take(encoder, () => encoder.cut({ verticalTabAmount: 1 })));
  return ok({ bytes: Buffer.concat(pieces), rows: rows.length });
}

function findProblem(paper: Paper): string | null {
  for (const [index, line] of paper.lines.entries()) {
    if (line.kind !== 'barcode' || line.symbology !== 'ean13') continue;
    const checked = checkEan13(line.data);
    if (!checked.ok) return `Line ${index + 1} of the paper cannot be printed: ${checked.error}.`;
  }
  return null;
}

/** The library only encodes here. Its own folding is off, and it gets no address, so it can never open a connection. */
function newEncoder(): ThermalPrinter {
  return new ThermalPrinter({ type: PrinterTypes.EPSON, interface: '', breakLine: BreakLine.NONE });
}

/** Runs one step and takes its bytes out: the library copies its whole buffer with every call, which a long report would feel. */
function take(encoder: ThermalPrinter, step: () => void): Buffer {
  encoder.clear();
  step();
  return encoder.getBuffer() ?? Buffer.alloc(0);
}

function encodeRow(encoder: ThermalPrinter, row: PaperRow, dots: number): void {
  switch (row.kind) {
    case 'text':
      return encodeText(encoder, row);
    case 'feed':
      return encoder.add(Buffer.from([...FEED_LINES, row.lines]));
    case 'barcode':
      return row.symbology === 'ean13'
        ? encodeEan13(encoder, row.data)
        : encodeCode128(encoder, row.data, dots);
    case 'qr':
      return encodeQr(encoder, row.data, dots);
  }
}

function encodeText(encoder: ThermalPrinter, row: Extract<PaperRow, { kind: 'text' }>): void {
  // Style and alignment return to normal after every row, so a lost byte cannot spoil the rest of the paper.
  if (row.align === 'center') encoder.alignCenter();
  if (row.align === 'right') encoder.alignRight();
  if (row.bold) encoder.bold(true);
  if (row.double) encoder.add(DOUBLE_SIZE);
  encoder.print(row.text);
  encoder.newLine();
  if (row.double) encoder.add(NORMAL_SIZE);
  if (row.bold) encoder.bold(false);
  if (row.align !== 'left') encoder.alignLeft();
}

function encodeEan13(encoder: ThermalPrinter, data: string): void {
  const checked = checkEan13(data);
  const digits = checked.ok ? checked.value : data;
  centered(encoder, () =>
    encoder.printBarcode(digits, EAN_13, { hriPos: 2, hriFont: 0, width: 2, height: 72 }),
  );
}

function encodeCode128(encoder: ThermalPrinter, data: string, dots: number): void {
  // "{" starts a code set switch; doubled it is the character itself.
  const escaped = data.replaceAll('{', '{{');
  const width = code128BarWidth(escaped, dots);
  centered(encoder, () => {
    if (width === null) {
      encoder.print(data);
      encoder.newLine();
    } else {
      encoder.printBarcode(escaped, CODE_128, { hriPos: 2, hriFont: 0, width, height: 72 });
    }
  });
}

function encodeQr(encoder: ThermalPrinter, data: string, dots: number): void {
  const cellSize = qrModuleSize(data, dots);
  centered(encoder, () => {
    if (cellSize === null) {
      encoder.print(data);
      encoder.newLine();
    } else {
      encoder.printQR(data, { cellSize, correction: 'M', model: 2 });
    }
  });
}

function centered(encoder: ThermalPrinter, draw: () => void): void {
  encoder.alignCenter();
  draw();
  encoder.alignLeft();
}
