import * as v from 'valibot';

const runSchema = v.strictObject({
  text: v.string(),
  bold: v.boolean(),
  /** 1 to 8 times the normal width and height. */
  width: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8)),
  height: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8)),
});
const alignSchema = v.picklist(['left', 'center', 'right']);

const stripLineSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('text'), align: alignSchema, runs: v.array(runSchema) }),
  v.strictObject({ kind: v.literal('feed'), lines: v.number() }),
  v.strictObject({
    kind: v.literal('barcode'),
    align: alignSchema,
    symbology: v.string(),
    data: v.string(),
    /** Dots per narrow bar, dots high, and whether the data stands under it. */
    module: v.number(),
    height: v.number(),
    caption: v.boolean(),
  }),
  v.strictObject({
    kind: v.literal('qr'),
    align: alignSchema,
    data: v.string(),
    module: v.number(),
    level: v.string(),
  }),
]);

/** A paper that came out of the virtual printer. `complete` says that it was cut; otherwise it hung out, torn or unfinished. */
export const printedPaperSchema = v.strictObject({
  number: v.pipe(v.number(), v.integer()),
  at: v.string(),
  columns: v.number(),
  bytes: v.number(),
  complete: v.boolean(),
  drawerOpened: v.boolean(),
  /** What a real printer would have swallowed or garbled, in words. */
  notes: v.array(v.string()),
  lines: v.array(stripLineSchema),
});

/** Characters of one style. */
export type TextRun = v.InferOutput<typeof runSchema>;
/** One line as it is printed. */
export type StripLine = v.InferOutput<typeof stripLineSchema>;
/** A paper that came out of the virtual printer. */
export type PrintedPaper = v.InferOutput<typeof printedPaperSchema>;
/** Where a line stands on the paper. */
export type StripAlign = v.InferOutput<typeof alignSchema>;

/** The columns a run takes up. */
export function runWidth(run: TextRun): number {
  return [...run.text].length * run.width;
}

/** The paper as plain text, one string a line, as wide as the paper; codes are named in brackets. */
export function paperText(paper: PrintedPaper): string {
  return paper.lines.flatMap((line) => textOf(line, paper.columns)).join('\n');
}

function textOf(line: StripLine, columns: number): string[] {
  switch (line.kind) {
    case 'feed':
      return Array.from({ length: line.lines }, () => '');
    case 'barcode':
      return [placed(`[${line.symbology}: ${line.data}]`, line.align, columns)];
    case 'qr':
      return [placed(`[qr: ${line.data}]`, line.align, columns)];
    case 'text':
      return [placed(line.runs.map(spreadOut).join(''), line.align, columns)];
  }
}

/** Wide characters stay words that can be read and searched; the first gap takes up their width, so that columns stay at the edge. */
function spreadOut(run: TextRun): string {
  const extra = [...run.text].length * (run.width - 1);
  return run.text.replace(/ {2,}/, (gap) => gap + ' '.repeat(extra));
}

function placed(text: string, align: StripAlign, columns: number): string {
  const room = Math.max(0, columns - text.trimEnd().length);
  if (align === 'center') return ' '.repeat(Math.floor(room / 2)) + text.trimEnd();
  return align === 'right' ? ' '.repeat(room) + text.trimEnd() : text.trimEnd();
}
