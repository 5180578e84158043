import { Exact } from '../money/money.ts';
import { err, ok, type Result } from '../result.ts';
import { cleanedScan, gtinOf, GROUP_SEPARATOR, readGs1, type Gs1Element, type Gs1Scan } from './gs1.ts';
import { readMeasureCode, type MeasureRule } from './measure-code.ts';
import type { Measure } from './measured-price.ts';

/** What a scan says: the code to look up, and what it tells of this one article. `expires` is a day, `2026-11-30`. */
export type ScannedCode = {
  readonly code: string;
  readonly measure?: Measure;
  readonly serial?: string;
  readonly lot?: string;
  readonly expires?: string;
};

/** Why a scan is none that can be sold by: an element string without an article, or a measure that was misread. */
export type ScanRefusal = { readonly code: 'scan-not-understood' };

/**
 * Reads a code that no article bears as it is (rules B7 and B8): an element string of GS1, else a code of the store with a measure.
 * What is neither is given back as it is.
 */
export function readScan(
  scan: string,
  rules: readonly MeasureRule[],
  today: string,
): Result<ScannedCode, ScanRefusal> {
  const cleaned = cleanedScan(scan);
  const plain = cleaned.replace(/^\][A-Za-z]\d/, '');
  if (isElementString(cleaned)) {
    const read = readGs1(cleaned.startsWith(']') ? cleaned : `]C1${cleaned}`);
    return read.ok ? fromElements(read.value, today) : err({ code: 'scan-not-understood' });
  }
  const measured = readMeasureCode(plain, rules);
  if (measured.ok) {
    const { lookup, measure, value } = measured.value;
    return ok({ code: lookup, measure: measureOf(measure, value) });
  }
  return measured.error.code === 'wrong-measure-digit'
    ? err({ code: 'scan-not-understood' })
    : ok({ code: plain });
}

/** Told by the symbology identifier; without one by a separator, or by a GTIN's identifier before more than a GTIN. */
function isElementString(scan: string): boolean {
  if (/^\](?:C1|e0|e1|e2|d2|Q3|J1)/.test(scan)) return true;
  return !scan.startsWith(']') && (scan.includes(GROUP_SEPARATOR) || /^0[12]\d{14}\S{2,}$/.test(scan));
}

function measureOf(kind: MeasureRule['measure'], value: string): Measure {
  if (kind === 'weight') return { kind, kilograms: value };
  return kind === 'count' ? { kind, count: value } : { kind, price: value };
}

function fromElements(scan: Gs1Scan, today: string): Result<ScannedCode, ScanRefusal> {
  const code = gtinOf(scan);
  if (code === undefined) return err({ code: 'scan-not-understood' });
  const data = (ai: string) => scan.elements.find((element) => element.ai === ai)?.data;
  const measure = measureAmong(scan.elements);
  const serial = data('21');
  const lot = data('10');
  const expiry = data('17');
  return ok({
    code,
    ...(measure ? { measure } : {}),
    ...(serial === undefined ? {} : { serial }),
    ...(lot === undefined ? {} : { lot }),
    ...(expiry === undefined ? {} : { expires: dayOf(expiry, today) }),
  });
}

/** A price to pay comes before a weight, the way a label with both is meant; the last digit of the identifier is the decimals. */
function measureAmong(elements: readonly Gs1Element[]): Measure | undefined {
  const among = (prefix: string) => elements.find(({ ai }) => ai.startsWith(prefix) && ai.length === 4);
  const price = among('392');
  if (price) return { kind: 'price', price: withDecimals(price).toFixed() };
  const kilograms = among('310');
  if (kilograms) return { kind: 'weight', kilograms: withDecimals(kilograms).toFixed() };
  const pounds = among('320');
  if (pounds) return { kind: 'weight', kilograms: withDecimals(pounds).times('0.45359237').toFixed() };
  const count = elements.find(({ ai }) => ai === '30' || ai === '37');
  return count ? { kind: 'count', count: new Exact(count.data).toFixed() } : undefined;
}

function withDecimals({ ai, data }: Gs1Element): InstanceType<typeof Exact> {
  return new Exact(data).div(new Exact(10).pow(Number(ai.at(-1))));
}

/**
 * The day of a date of six digits: its century is the one within 50 years of today, its day 00 the last of the month (GS1
 * General Specifications §3.4 and §7.12).
 */
export function dayOf(yymmdd: string, today: string): string {
  const [yy = 0, month = 1, day = 0] = (/\d\d/g[Symbol.match](yymmdd) ?? []).map(Number);
  const thisYear = Number(today.slice(0, 4));
  const century = thisYear - (thisYear % 100);
  const difference = yy - (thisYear % 100);
  const shift = difference >= 51 ? -100 : difference <= -50 ? 100 : 0;
  const year = century + yy + shift;
  const date = new Date(Date.UTC(year, day === 0 ? month : month - 1, day));
  return date.toISOString().slice(0, 10);
}
