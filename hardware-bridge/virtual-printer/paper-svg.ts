import { toSVG } from 'bwip-js/node';
import { runWidth, type PrintedPaper, type StripAlign, type StripLine, type TextRun } from './paper-strip.ts';

/** Printed dots of one character cell of font A, and of the white around it. */
const CELL = { width: 12, height: 30 } as const;
const MARGIN = 32;
const TOOTH = 8;
const BASELINE = 23;
const INK = '#1d1d22';

type Placed = { readonly svg: string; readonly height: number };

/** A paper as an SVG picture with the printer's own proportions; one unit is one printed dot. */
export function paperSvg(paper: PrintedPaper): string {
  const width = paper.columns * CELL.width + 2 * MARGIN;
  const parts: string[] = [];
  let y = MARGIN;
  for (const line of paper.lines) {
    const drawn = drawLine(line, paper.columns, y);
    parts.push(drawn.svg);
    y += drawn.height;
  }
  const height = y + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height + TOOTH}" width="${width}" height="${height + TOOTH}" role="img" aria-label="Paper ${paper.number}">`,
    `<path d="${outline(width, height, paper.complete)}" fill="#fdfcf9" stroke="#00000018"/>`,
    `<g font-family="'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace" font-size="20" fill="${INK}" xml:space="preserve">`,
    ...parts,
    '</g></svg>',
  ].join('\n');
}

/** Cut papers end in the knife's small teeth, unfinished ones in a ragged tear. */
function outline(width: number, height: number, complete: boolean): string {
  const step = complete ? TOOTH : TOOTH * 2.3;
  const points: string[] = [];
  for (let x = width, tooth = 0; x > 0; x -= step, tooth += 1) {
    const drop = complete ? (tooth % 2) * (TOOTH / 2) : ((tooth * 7) % 4) * (TOOTH / 3);
    points.push(`L${x.toFixed(1)} ${(height + drop).toFixed(1)}`);
  }
  return `M0 0H${width}V${height}${points.join('')}L0 ${height}Z`;
}

function drawLine(line: StripLine, columns: number, y: number): Placed {
  switch (line.kind) {
    case 'feed':
      return { svg: '', height: line.lines * CELL.height };
    case 'text':
      return drawText(line.runs, line.align, columns, y);
    case 'barcode':
      return drawBarcode(line, columns, y);
    case 'qr':
      return drawQr(line, columns, y);
  }
}

function drawText(runs: readonly TextRun[], align: StripAlign, columns: number, y: number): Placed {
  const tallest = Math.max(1, ...runs.map((run) => run.height));
  const used = runs.reduce((sum, run) => sum + runWidth(run), 0);
  let column = start(align, columns - used);
  const parts: string[] = [];
  for (const run of runs) {
    parts.push(drawRun(run, MARGIN + column * CELL.width, y + (tallest - 1) * CELL.height));
    column += runWidth(run);
  }
  return { svg: parts.join(''), height: tallest * CELL.height };
}

/** Every word is stretched to its cells, so that columns stand under each other in whatever typeface is there. */
function drawRun(run: TextRun, x: number, y: number): string {
  const weight = run.bold ? ' font-weight="700"' : '';
  const words = [...run.text.matchAll(/\S+/g)].map((match) => {
    const length = [...match[0]].length * CELL.width;
    const left = Array.from(run.text.slice(0, match.index)).length * CELL.width;
    return `<text x="${left}" y="0" textLength="${length}" lengthAdjust="spacingAndGlyphs"${weight}>${escapeXml(match[0])}</text>`;
  });
  const drop = BASELINE - (run.height - 1) * (CELL.height - BASELINE);
  const scale = run.width === 1 && run.height === 1 ? '' : ` scale(${run.width} ${run.height})`;
  return words.length === 0 ? '' : `<g transform="translate(${x} ${y + drop})${scale}">${words.join('')}</g>`;
}

function drawBarcode(line: Extract<StripLine, { kind: 'barcode' }>, columns: number, y: number): Placed {
  const picture = codePicture({
    bcid: line.symbology,
    text: line.data,
    height: 10,
    paddingwidth: 0,
    paddingheight: 0,
  });
  if (!picture) return drawText(unreadable(line.data), line.align, columns, y);
  const width = Math.min(picture.width * line.module, columns * CELL.width);
  const x = MARGIN + start(line.align, columns * CELL.width - width);
  const bars = nested(picture, x, y + 6, width, line.height);
  if (!line.caption) return { svg: bars, height: line.height + 12 };
  const caption = drawText(
    [{ text: line.data, bold: false, width: 1, height: 1 }],
    line.align,
    columns,
    y + line.height + 8,
  );
  return { svg: bars + caption.svg, height: line.height + 14 + CELL.height };
}

function drawQr(line: Extract<StripLine, { kind: 'qr' }>, columns: number, y: number): Placed {
  const options = { bcid: 'qrcode', text: line.data, eclevel: line.level, paddingwidth: 0, paddingheight: 0 };
  const picture = codePicture(options);
  if (!picture) return drawText(unreadable(line.data), line.align, columns, y);
  const side = (picture.width / 2) * line.module;
  const x = MARGIN + start(line.align, columns * CELL.width - side);
  return { svg: nested(picture, x, y + 6, side, side), height: side + 12 };
}

type CodePicture = { readonly body: string; readonly width: number; readonly height: number };

/** The code as bwip-js draws it, one unit a bar or two units a module of a QR code; null for data the symbology cannot hold. */
function codePicture(options: Parameters<typeof toSVG>[0]): CodePicture | null {
  try {
    const svg = toSVG({ ...options, scale: 1, includetext: false });
    const match = /viewBox="0 0 ([0-9.]+) ([0-9.]+)"[^>]*>([\s\S]*)<\/svg>/.exec(svg);
    return match ? { width: Number(match[1]), height: Number(match[2]), body: match[3] ?? '' } : null;
  } catch {
    // A printer prints nothing or rubbish for such data; the caller says so on the paper.
    return null;
  }
}

function nested(picture: CodePicture, x: number, y: number, width: number, height: number): string {
  return `<svg x="${x}" y="${y}" width="${width}" height="${height}" viewBox="0 0 ${picture.width} ${picture.height}" preserveAspectRatio="none" shape-rendering="crispEdges">${picture.body}</svg>`;
}

function unreadable(data: string): TextRun[] {
  return [{ text: `[not a code: ${data}]`, bold: false, width: 1, height: 1 }];
}

function start(align: StripAlign, room: number): number {
  if (align === 'left') return 0;
  return Math.max(0, align === 'right' ? room : Math.floor(room / 2));
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
