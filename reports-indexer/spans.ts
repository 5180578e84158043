import { registerName, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import { allRows } from './database.ts';
import type { Finding } from './exceptions.ts';
import type { Statements } from './statements.ts';

type Span = { first: number; last: number };

/** Notes that the sequence numbers `first` to `last` of a register are here, whether or not their records count. */
export function addSpan(
  statements: Statements,
  store: string,
  register: string,
  { first, last }: Span,
): void {
  const touching = allRows<Span>(statements.spansTouching, store, register, last + 1, first - 1);
  for (const span of touching) statements.deleteSpan.run(store, register, span.first);
  const starts = touching.map((span) => span.first);
  const ends = touching.map((span) => span.last);
  statements.insertSpan.run(store, register, Math.min(first, ...starts), Math.max(last, ...ends));
}

/** Works the runs of a register out again, after an entry went away. */
export function recountSpans(statements: Statements, store: string, register: string): void {
  statements.deleteSpans.run(store, register);
  const seqs = allRows<{ seq: number }>(statements.allSeqs, store, register).map((row) => row.seq);
  for (const { first, last } of runsOf(seqs)) statements.insertSpan.run(store, register, first, last);
}

/** The unbroken runs in rising numbers. */
export function runsOf(rising: readonly number[]): Span[] {
  const runs: Span[] = [];
  for (const seq of rising) {
    const run = runs.at(-1);
    if (run && seq <= run.last + 1) run.last = seq;
    else runs.push({ first: seq, last: seq });
  }
  return runs;
}

/** What is missing between the runs of a register, and before the first. */
export function gapFindings(statements: Statements, store: StoreId, register: RegisterId): Finding[] {
  const findings: Finding[] = [];
  let next = 1;
  for (const { first, last } of allRows<Span>(statements.spans, store, register)) {
    if (first > next) {
      const numbers = first - 1 === next ? `record ${next}` : `records ${next} to ${first - 1}`;
      const detail = `${numbers} of ${registerName(store, register)} are missing; later ones are here and counted`;
      // Nobody knows which document it is in.
      findings.push({ code: 'gap', detail, documentId: '', store, register, seq: next });
    }
    next = last + 1;
  }
  return findings;
}
