import {
  expandUpcE,
  gs1CheckDigit,
  gtinAs,
  lookupKey,
  normaliseGtin,
  readGtin,
} from '#model/catalog/barcode.ts';
import { Exact } from '#model/money/money.ts';
import { readGs1 } from '#model/catalog/gs1.ts';
import { predefinedLength } from '#model/catalog/gs1-identifiers.ts';
import { measureCheckDigit, readMeasureCode, type MeasureRule } from '#model/catalog/measure-code.ts';
import { REGION_MEASURE_RULES } from '#model/catalog/measure-regions.ts';
import { WedgeReader } from '../../lib/till/wedge.ts';
import {
  VectorFault,
  asDecimal,
  asDecimals,
  asText,
  firstOf,
  type JsonObject,
  type Outcome,
} from './vector.ts';

/** A group of barcode examples: how its entries are run, and which of their members are what must come out. */
type Group = { readonly outputs: readonly string[]; readonly run: (entry: JsonObject) => Outcome };

/** Groups of barcode examples by name; `restrictedCirculation` and `keyboardWedge` hold groups of their own. */
export const BARCODE_GROUPS: Readonly<Record<string, Group>> = {
  checkDigits: { outputs: ['checkDigit', 'full'], run: checkDigit },
  invalid: { outputs: ['valid'], run: invalidCode },
  upcE: { outputs: ['upcA', 'ean13'], run: upcE },
  normalise: { outputs: ['out'], run: normalise },
  priceWeightCheckDigits: { outputs: ['checkDigit'], run: measureDigit },
  byRegion: { outputs: ['itemReference', 'weightKg', 'price', 'count', 'lookupKeyZeroed'], run: byRegion },
  invalidByRegion: { outputs: ['error'], run: byRegion },
  genericLayouts: { outputs: ['item', 'price', 'weightKg', 'count'], run: genericLayout },
  gs1: { outputs: ['ok', 'bracketed', 'message'], run: gs1 },
  gs1PredefinedLength: { outputs: ['length'], run: predefined },
  cases: { outputs: ['expect'], run: wedge },
};

function checkDigit(entry: JsonObject): Outcome {
  const payload = asText(entry['payload'], 'payload');
  const digit = gs1CheckDigit(payload);
  const full = `${payload}${digit}`;
  const type = String(entry['type']);
  // An SSCC has the same check digit and is no article.
  const isRight = /SSCC|GLN|GSRN/.test(type) || readGtin(full, type).ok;
  return { checkDigit: digit, full: isRight ? full : 'refused' };
}

function invalidCode(entry: JsonObject): Outcome {
  const input = asText(entry['input'], 'input');
  const type = String(entry['type'] ?? 'any');
  const read = type === 'any' ? normaliseGtin(input) : readGtin(input, type);
  return { valid: read.ok && lookupKey(input) === read.value };
}

function upcE(entry: JsonObject): Outcome {
  const upcA = expandUpcE(asText(entry['upcE'], 'upcE'));
  if (!upcA.ok) return { upcA: upcA.error, ean13: upcA.error };
  const ean13 = gtinAs(upcA.value, 'EAN-13');
  return { upcA: upcA.value, ean13: ean13.ok ? ean13.value : ean13.error };
}

function normalise(entry: JsonObject): Outcome {
  const out = gtinAs(asText(entry['in'], 'in'), asText(entry['as'], 'as'));
  return { out: out.ok ? out.value : out.error };
}

function measureDigit(entry: JsonObject): Outcome {
  const value = asText(entry['value'], 'value');
  if (!/^\d{4,5}$/.test(value)) throw new VectorFault(`"${value}" has not 4 or 5 digits.`);
  return { checkDigit: measureCheckDigit(value) };
}

function byRegion(entry: JsonObject): Outcome {
  const rules = REGION_MEASURE_RULES.get(asText(entry['region'], 'region').toUpperCase());
  if (!rules) throw new VectorFault(`No rules are known for the region "${String(entry['region'])}".`);
  return measured(asText(entry['input'], 'input'), rules);
}

function measured(input: string, rules: readonly MeasureRule[]): Outcome {
  const read = readMeasureCode(input, rules);
  if (!read.ok) {
    const { error } = read;
    if (error.code === 'wrong-measure-digit')
      return {
        error: `Invalid check digit for variable measure value '${error.measure}' in RCN '${input}': Expected ${error.expected}, got ${error.got}.`,
      };
    // Without a rule the code is an article of its own.
    return error.code === 'no-rule' ? { lookupKeyZeroed: input } : { error: error.code };
  }
  const { item, measure, value, lookup } = read.value;
  const amount = new Exact(value);
  return {
    itemReference: item,
    item,
    lookupKeyZeroed: lookup,
    ...(measure === 'price'
      ? { price: amount }
      : measure === 'weight'
        ? { weightKg: amount }
        : { count: amount }),
  };
}

/** `02 IIIII NNNDD C (…)`: places, then a remark; a price with a price for the kilogram gives the weight. */
function genericLayout(entry: JsonObject): Outcome {
  const [places = ''] = asText(entry['pattern'], 'pattern').split('(');
  const measure =
    entry['weightKg'] !== undefined && entry['price'] === undefined
      ? 'weight'
      : entry['count'] === undefined
        ? 'price'
        : 'count';
  const outcome = measured(asText(entry['input'], 'input'), [
    { pattern: places.replaceAll(' ', ''), measure },
  ]);
  const unitPrice = entry['unitPrice'];
  const price = 'price' in outcome ? outcome.price : undefined;
  if (unitPrice === undefined || !(price instanceof Exact)) return outcome;
  return {
    ...outcome,
    weightKg: price.div(asDecimal(asText(unitPrice, 'unitPrice').split('/')[0], 'unitPrice')),
  };
}

function gs1(entry: JsonObject): Outcome {
  const read = readGs1(asText(entry['scan'], 'scan'));
  if (!read.ok) return { ok: false, error: read.error.detail };
  return { ok: true, bracketed: read.value.bracketed ?? null, message: read.value.message };
}

function predefined(entry: JsonObject): Outcome {
  return { length: predefinedLength(asText(entry['prefix'], 'prefix')) };
}

/** Plays keys as a page hears them and says what they were. */
function wedge(entry: JsonObject): Outcome {
  const scans = entry['keys'] === undefined ? typedScans(entry) : keyedScans(asText(entry['keys'], 'keys'));
  const expected = asText(entry['expect'], 'expect');
  return {
    expect: describes(expected, scans) ? expected : `${scans.length} scans: ${JSON.stringify(scans)}`,
  };
}

/** Whether scans are what an example says in words: `scan`, `two scans`, `typing`, `ONE scan of 13 digits`, `GS restored`. */
function describes(expected: string, scans: readonly string[]): boolean {
  const digits = /(\d+) digits/.exec(expected)?.[1];
  if (/^typing/i.test(expected)) return scans.length === 0;
  if (/\bGS\b/.test(expected)) return scans.some((scan) => scan.includes('\u001D'));
  const count = /^two/i.test(expected) ? 2 : /^three/i.test(expected) ? 3 : 1;
  return scans.length === count && (digits === undefined || scans[0]?.length === Number(digits));
}

/** `intervalsMs[i]` is the time before the character behind the first; the suffix comes after one more. */
function typedScans(entry: JsonObject): string[] {
  const gaps = asDecimals(firstOf(entry, 'intervalsMs', 'intervals'), 'intervalsMs').map((gap) =>
    gap.toNumber(),
  );
  const keys = [...asText(entry['text'], 'text')].map((key) => (key === '⏎' ? 'Enter' : key));
  const suffix = entry['suffix'] === undefined ? [] : [String(entry['suffix'])];
  return heard(
    [...keys, ...suffix].map((key, i) => ({ key, gap: i === 0 ? 1000 : (gaps[i - 1] ?? gaps.at(-1) ?? 0) })),
  );
}

/** `01095 10ABC Ctrl+] 17250101 Enter`: runs of characters and named keys. */
function keyedScans(text: string): string[] {
  const keys = text.split(' ').flatMap((word) => {
    if (word === 'Ctrl+]') return [{ key: ']', ctrl: true }];
    return word === 'Enter' || word === 'Tab' ? [{ key: word }] : [...word].map((key) => ({ key }));
  });
  return heard(keys.map((key) => ({ ...key, gap: 10 })));
}

function heard(
  keys: readonly { readonly key: string; readonly gap: number; readonly ctrl?: boolean }[],
): string[] {
  const reader = new WedgeReader();
  let at = 0;
  return keys.flatMap(({ key, gap, ctrl = false }) => {
    at += gap;
    const { code } = reader.hear({ key, at, ctrl });
    return code === undefined ? [] : [code];
  });
}
