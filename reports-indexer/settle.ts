import { signatureDetail, type Signature, type SignatureFault } from './signatures.ts';
import { isBehindClosing, type PerpetualTotals } from '#model/journal/record.ts';

/** What is known of a whole record when its place in the chain is judged. `amount` is the total of a sale. */
export type Candidate = {
  readonly seq: number;
  readonly hash: string;
  readonly prev: string;
  readonly session: number;
  readonly kind: string;
  readonly amount: number | null;
  readonly totals: PerpetualTotals;
  readonly signature: Signature;
};

/** Something wrong with the chain at one sequence number, for the list of exceptions. */
export type ChainFinding = { readonly code: string; readonly hash: string; readonly detail: string };

/** A record that does not count, and why. */
type Aside = {
  readonly candidate: Candidate;
  readonly reason: 'fork' | 'wrong-totals' | SignatureFault;
};

/** What becomes of the records under one sequence number. */
export type Verdict = {
  /** The one record that counts. */
  readonly counted?: Candidate;
  /** The others, each with the reason. */
  readonly aside: readonly Aside[];
  readonly findings: readonly ChainFinding[];
};

const NOTHING: Verdict = { aside: [], findings: [] };

const START: Candidate = {
  seq: 0,
  hash: '',
  prev: '',
  session: 0,
  kind: 'closed',
  amount: null,
  totals: { receipts: 0, signed: 0, absolute: 0 },
  signature: 'good',
};

/**
 * Judges the whole records under one (store, register, seq) by those under the number before: a function of the two sets,
 * so the order in which documents arrive does not matter. What nobody who may has signed is set aside and says nothing
 * about the others (rule E10): a forged record must not push a real one out. Of the rest one record counts: of those whose perpetual totals do not
 * contradict their forerunner, the one with the smallest hash. A broken link is reported and counts: the sale happened.
 */
export function settle(seq: number, here: readonly Candidate[], before: readonly Candidate[]): Verdict {
  const distrusted = here.flatMap((candidate) => distrust(candidate));
  if (distrusted.length === 0) return settleSigned(seq, here, before.filter(isSigned));
  const verdict = settleSigned(seq, here.filter(isSigned), before.filter(isSigned));
  const findings = distrusted.map(({ candidate: { hash }, reason }) => ({
    code: reason,
    hash,
    detail: signatureDetail(seq, reason),
  }));
  return {
    ...verdict,
    aside: [...distrusted, ...verdict.aside],
    findings: [...findings, ...verdict.findings],
  };
}

const isSigned = ({ signature }: Candidate) => signature === 'good';

function distrust(
  candidate: Candidate,
): { readonly candidate: Candidate; readonly reason: SignatureFault }[] {
  return candidate.signature === 'good' ? [] : [{ candidate, reason: candidate.signature }];
}

function settleSigned(seq: number, here: readonly Candidate[], before: readonly Candidate[]): Verdict {
  const forerunners = seq === 1 ? [START] : before;
  const [only] = here;
  if (!only) return NOTHING;
  if (here.length === 1 && forerunners.length === 0) return { counted: only, aside: [], findings: [] };
  const findings: ChainFinding[] = [];
  const aside: Aside[] = [];
  let counted: Candidate | undefined;
  for (const candidate of [...here].sort((a, b) => (a.hash < b.hash ? -1 : 1))) {
    const forerunner = forerunners.find((other) => other.hash === candidate.prev);
    if (!forerunner && forerunners.length > 0) findings.push(brokenLink(candidate));
    const contradicts = forerunner !== undefined && !followsTotals(forerunner, candidate);
    if (contradicts) findings.push(wrongTotals(candidate));
    else if (forerunner) findings.push(...sessionFaults(forerunner, candidate));
    if (contradicts || counted) aside.push({ candidate, reason: contradicts ? 'wrong-totals' : 'fork' });
    else counted = candidate;
  }
  return { ...(counted ? { counted } : {}), aside, findings };
}

function followsTotals(before: Candidate, after: Candidate): boolean {
  const sold = after.kind === 'sale' ? (after.amount ?? 0) : 0;
  const { receipts, signed, absolute } = before.totals;
  return (
    after.totals.receipts === receipts + (after.kind === 'sale' ? 1 : 0) &&
    after.totals.signed === signed + sold &&
    after.totals.absolute === absolute + Math.abs(sold)
  );
}

function brokenLink({ seq, hash }: Candidate): ChainFinding {
  return {
    code: 'broken-link',
    hash,
    detail: `record ${seq} does not continue the record before it; it is counted`,
  };
}

function wrongTotals({ seq, hash }: Candidate): ChainFinding {
  const detail = `the perpetual totals of record ${seq} do not follow from the record before it; it is not counted`;
  return { code: 'wrong-totals', hash, detail };
}

/** Breaches of rule R2 between neighbours: reported, and the records count. */
function sessionFaults(before: Candidate, after: Candidate): ChainFinding[] {
  const { seq, hash } = after;
  const opens = after.kind === 'opened';
  const behind = isBehindClosing(after.kind);
  const open = before.kind !== 'closed' && !isBehindClosing(before.kind);
  if (opens && open)
    return [{ code: 'already-open', hash, detail: `record ${seq} opens a session while one is open` }];
  if (behind && open)
    return [{ code: 'still-open', hash, detail: `record ${seq} closes a day or period before its session` }];
  if (!opens && !behind && !open)
    return [{ code: 'not-open', hash, detail: `record ${seq} belongs to a session that is not open` }];
  if (after.session === before.session + (opens ? 1 : 0)) return [];
  return [
    {
      code: 'wrong-session',
      hash,
      detail: `record ${seq} is of session ${after.session}, the one before of ${before.session}`,
    },
  ];
}
