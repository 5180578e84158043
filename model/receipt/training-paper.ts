import { labelsOf } from './labels.ts';
import type { Paper, PaperLine } from './paper.ts';

/** Receipt numbers of any register, wherever they stand in a text. */
const RECEIPTS = /\bS\d{2,4}-R\d{1,3}-(\d{6,9})\b/g;

/** A text as training shows it: a receipt is called `T-000001` there, never by a number of the series (rule V2). */
export function trainingText(text: string): string {
  return text.replaceAll(RECEIPTS, 'T-$1');
}

/** A paper as training prints it: marked above, below and between all its parts, and without any code to scan (rule V2). */
export function trainingPaper(paper: Paper): Paper {
  const text = labelsOf(paper.language).training;
  const large: PaperLine = { kind: 'text', text, align: 'center', bold: true, size: 'double' };
  const small: PaperLine = { kind: 'text', text: `*** ${text} ***`, align: 'center', bold: true };
  const lines = paper.lines.flatMap((line): PaperLine[] => {
    if (line.kind === 'barcode' || line.kind === 'qr') return [];
    if (line.kind === 'rule') return [small, line];
    if (line.kind === 'text') return [{ ...line, text: trainingText(line.text) }];
    if (line.kind !== 'columns') return [line];
    return [{ ...line, left: trainingText(line.left), right: trainingText(line.right) }];
  });
  return { ...paper, title: `${text} ${trainingText(paper.title)}`, lines: [large, ...lines, large] };
}
