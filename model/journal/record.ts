import * as v from 'valibot';
import { receiptNumberSchema, registerIdSchema, storeIdSchema } from '../ids/register-id.ts';
import { currencySchema, minorSchema } from '../money/money.ts';
import { drawerNumberSchema } from '../register/drawer-number.ts';
import { saleBodySchema } from '../sale/sale-body.ts';
import { err, ok, type Result } from '../result.ts';
import { canonicalJson, type CanonicalValue } from './canonical.ts';

/** History of the record format, newest last; a change of any schema below needs a new line here.
 *  1: opened, sale, cash, drawer, reprint, clock, closed; since then only members that may be absent were added (rules L9, L10,
 *  Y6, T7 to T9, H1 to H3, H6, G1, G9), so that older records keep their hashes, and the kind training (rule V3). Then
 *  `denominations` of openings, `bag` of cash and `earlier` of closings (rules R8 and R9) and the kinds handover, zz and
 *  period (rules R10 to R12). Then `drawers` of openings and closings, and `drawer` of what one of several drawers is about (rule R14). */
export const RECORD_VERSION = 1;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const personText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
/** The longest reason a record takes, in UTF-16 code units after NFC. */
export const MAX_REASON = 200;
const reasonText = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_REASON));
/** A calendar day `2026-11-21`. */
export const daySchema = v.pipe(v.string(), v.isoDate('a day looks like 2026-11-21'));
/** SHA-256 as base64url without padding. */
export const hashSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{43}$/, 'a hash has 43 base64url characters'),
);

/** Engines differ in what they make of 30 February; only a time that reads back the same is one. */
function isMoment(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text;
}

/** A moment: UTC with milliseconds, `2026-11-21T14:05:09.120Z` (rule J1). */
export const momentSchema = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'a time is UTC with milliseconds'),
  v.check(isMoment, 'a time must exist in the calendar'),
);

/** Several drawers of a register, in their order (rule R14). */
function manyDrawers<Shape extends v.GenericSchema>(one: Shape) {
  return v.pipe(v.array(one), v.minLength(2), v.maxLength(9));
}

/** A register session opens with the cash in the drawer. `day` is the business day it counts to (rule R1). */
export const openedBodySchema = v.strictObject({
  day: daySchema,
  currency: currencySchema,
  float: minorSchema,
  denominations: v.optional(v.record(v.string(), count)),
  /** The drawers where there are several, which together hold `float` (rule R14). */
  drawers: v.optional(
    manyDrawers(
      v.strictObject({
        name: v.pipe(v.string(), v.minLength(1), v.maxLength(40)),
        float: minorSchema,
        denominations: v.optional(v.record(v.string(), count)),
      }),
    ),
  ),
});

/**
 * Cash put in or taken out without a sale; `amount` is above zero, `direction` tells the sign (rule R3). What is taken out in
 * a numbered `bag` goes to the safe (rule R8).
 */
export const cashBodySchema = v.strictObject({
  direction: v.picklist(['in', 'out']),
  amount: v.pipe(minorSchema, v.minValue(1)),
  reason: reasonText,
  bag: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(40))),
  drawer: v.optional(drawerNumberSchema),
});

/** The drawer opened without a sale (rule R4). */
export const drawerBodySchema = v.strictObject({
  reason: reasonText,
  drawer: v.optional(drawerNumberSchema),
});

/** A receipt printed again; `copy` counts from 1 (rule R5). */
export const reprintBodySchema = v.strictObject({
  receipt: receiptNumberSchema,
  copy: v.pipe(count, v.minValue(1)),
});

/**
 * The till's clock was moved (rule R7). The record's `at` is what the clock says now, `expected` what it would say had
 * nobody moved it.
 */
export const clockBodySchema = v.strictObject({ expected: momentSchema });

/** Training began or ended at this till (rule V3); `receipts` is how many were practised, with `left` only. */
export const trainingBodySchema = v.strictObject({
  change: v.picklist(['entered', 'left']),
  receipts: v.optional(count),
});

const earlierCounts = v.pipe(v.array(v.pipe(minorSchema, v.minValue(0))), v.minLength(1), v.maxLength(20));

/** The session closed (rule R6): what the drawer should hold, what was counted, and `difference` = counted − expected. */
export const closedBodySchema = v.strictObject({
  expected: minorSchema,
  counted: minorSchema,
  difference: minorSchema,
  denominations: v.optional(v.record(v.string(), count)),
  /** What was counted before, when the drawer was counted again after the difference was seen (rule R9). */
  earlier: v.optional(earlierCounts),
  /** The count of each drawer where there are several, which then hold `denominations` and `earlier` (rule R14). */
  drawers: v.optional(
    manyDrawers(
      v.strictObject({
        expected: minorSchema,
        counted: minorSchema,
        difference: minorSchema,
        denominations: v.optional(v.record(v.string(), count)),
        earlier: v.optional(earlierCounts),
      }),
    ),
  ),
  reason: v.optional(reasonText),
  sales: count,
  refunds: count,
  gross: minorSchema,
  tax: minorSchema,
});

/** One cashier gives the drawer to another within a session (rule R10); figures as at a closing, in minor units. */
export const handoverBodySchema = v.strictObject({
  from: personText,
  to: personText,
  expected: minorSchema,
  counted: minorSchema,
  difference: minorSchema,
  denominations: v.optional(v.record(v.string(), count)),
  reason: v.optional(reasonText),
  drawer: v.optional(drawerNumberSchema),
});

const figures = { sales: count, refunds: count, gross: minorSchema, tax: minorSchema };
const sessionNumber = v.pipe(count, v.minValue(1));

/** A session as a ZZ counted it up to its record `seq`; `open` where it went on (rule R11). */
export const zzSessionSchema = v.strictObject({
  register: registerIdSchema,
  session: sessionNumber,
  seq: v.pipe(count, v.minValue(1)),
  open: v.optional(v.literal(true)),
  ...figures,
  difference: v.optional(minorSchema),
});

/** The store's day as this register knew it (rule R11). `silent` are registers of the store without a session that day. */
export const zzBodySchema = v.strictObject({
  day: daySchema,
  sessions: v.array(zzSessionSchema),
  silent: v.array(registerIdSchema),
  ...figures,
  difference: minorSchema,
});

/**
 * A month `2026-11` or a year `2026` of the register: sessions `from` to `to` (rule R12). The perpetual totals are the record's
 * own. A month says in `year` what its year came to so far.
 */
export const periodBodySchema = v.strictObject({
  period: v.pipe(
    v.string(),
    v.regex(/^\d{4}(?:-(?:0[1-9]|1[0-2]))?$/, 'a period looks like 2026-11 or 2026'),
  ),
  from: sessionNumber,
  to: sessionNumber,
  ...figures,
  year: v.optional(v.strictObject({ from: sessionNumber, ...figures })),
});

/**
 * Perpetual totals after the record (rule J5): receipts ever made, their signed sum and the sum of their sizes. A checker
 * needs two neighbouring records only.
 */
export const perpetualTotalsSchema = v.strictObject({
  receipts: count,
  signed: minorSchema,
  absolute: minorSchema,
});

const envelope = {
  v: v.literal(RECORD_VERSION),
  org: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/, 'an organization tag has 12 hex digits')),
  store: storeIdSchema,
  register: registerIdSchema,
  session: v.pipe(count, v.minValue(1)),
  seq: v.pipe(count, v.minValue(1)),
  at: momentSchema,
  by: personText,
  approvedBy: v.optional(personText),
  totals: perpetualTotalsSchema,
  prev: v.union([v.literal(''), hashSchema]),
  hash: hashSchema,
  /** The device's Ed25519 signature of the hash (rule J8); empty between sealing and signing, never in what is stored. */
  sig: v.pipe(
    v.string(),
    v.regex(/^(?:|[A-Za-z0-9_-]{86})$/, 'a signature is empty or 86 base64url characters'),
  ),
};

/** A journal record, sealed (rules J1 to J6). */
export const journalRecordSchema = v.variant('kind', [
  v.strictObject({ ...envelope, kind: v.literal('opened'), body: openedBodySchema }),
  v.strictObject({ ...envelope, kind: v.literal('sale'), body: saleBodySchema }),
  v.strictObject({ ...envelope, kind: v.literal('cash'), body: cashBodySchema }),
  v.strictObject({ ...envelope, kind: v.literal('drawer'), body: drawerBodySchema }),
  v.strictObject({ ...envelope, kind: v.literal('reprint'), body: reprintBodySchema }),
  v.strictObject({ ...envelope, kind: v.literal('clock'), body: clockBodySchema }),
  v.strictObject({ ...envelope, kind: v.literal('training'), body: trainingBodySchema }),
  v.strictObject({ ...envelope, kind: v.literal('handover'), body: handoverBodySchema }),
  v.strictObject({ ...envelope, kind: v.literal('closed'), body: closedBodySchema }),
  v.strictObject({ ...envelope, kind: v.literal('zz'), body: zzBodySchema }),
  v.strictObject({ ...envelope, kind: v.literal('period'), body: periodBodySchema }),
]);

/** A journal record, sealed. */
export type JournalRecord = v.InferOutput<typeof journalRecordSchema>;
/** What happened. */
export type RecordKind = JournalRecord['kind'];
/** The record of one kind. */
export type RecordOf<Kind extends RecordKind> = Extract<JournalRecord, { kind: Kind }>;
/** A kind with its body, before it is numbered, chained and stamped. */
export type RecordContent = {
  [Kind in RecordKind]: { readonly kind: Kind; readonly body: RecordOf<Kind>['body'] };
}[RecordKind];
/** Perpetual totals after a record. */
export type PerpetualTotals = v.InferOutput<typeof perpetualTotalsSchema>;

/** Whether a record of this kind stands behind the closing of its session (rules R11 and R12). */
export function isBehindClosing(kind: string): kind is 'zz' | 'period' {
  return kind === 'zz' || kind === 'period';
}

/** Why a stored text is not a record: `code` for programs, `detail` for the exceptions list. */
export type RecordRefusal = {
  readonly code: 'not-json' | 'unknown-version' | 'bad-shape';
  readonly detail: string;
};

/**
 * Reads a stored record. A newer version is told apart from damage, because it asks for an update, not for an alarm. Text
 * that is not canonical is damage too (rule J2): two programs could read two records out of it under one hash.
 */
export function parseRecord(text: string): Result<JournalRecord, RecordRefusal> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return err({ code: 'not-json', detail: cause instanceof Error ? cause.message : String(cause) });
  }
  if (
    typeof value === 'object' &&
    value !== null &&
    'v' in value &&
    typeof value.v === 'number' &&
    value.v > RECORD_VERSION
  ) {
    return err({
      code: 'unknown-version',
      detail: `record version ${value.v}, this program knows ${RECORD_VERSION}`,
    });
  }
  const parsed = v.safeParse(journalRecordSchema, value);
  if (parsed.success) {
    return canonicalJson(parsed.output as CanonicalValue) === text
      ? ok(parsed.output)
      : err({ code: 'bad-shape', detail: 'the text is not canonical JSON' });
  }
  const issue = parsed.issues[0];
  return err({ code: 'bad-shape', detail: `${v.getDotPath(issue) ?? 'record'}: ${issue.message}` });
}

/** The key of a record in its session document: its register sequence number, 9 digits so that keys sort (rule D3). */
export function recordKey(seq: number): string {
  return String(seq).padStart(9, '0');
}

/** Whether a key is one a record can have (rule D3). */
export function isRecordKey(key: string): boolean {
  return /^\d{9}$/.test(key);
}
