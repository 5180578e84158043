import { err, ok, type Result } from '../result.ts';
import { gs1CheckDigit, normaliseGtin } from './barcode.ts';
import { identifierOf, predefinedLength, type Gs1Identifier } from './gs1-identifiers.ts';

/** Separates elements whose length is not fixed: what a scanner sends for FNC1. */
export const GROUP_SEPARATOR = '\u001D';

/** One element of a GS1 code: an application identifier and its data. */
export type Gs1Element = { readonly ai: string; readonly data: string };

/**
 * A scan read by GS1's rules. `bracketed` writes the elements as people print them, `(01)…(10)…`, and is absent for a plain
 * EAN or UPC; `message` writes the data with `^` for each FNC1.
 */
export type Gs1Scan = {
  readonly elements: readonly Gs1Element[];
  readonly bracketed?: string;
  readonly message: string;
};

/** Why a scan is no GS1 code, with a sentence for the exceptions list. */
export type Gs1Refusal = {
  readonly code:
    | 'not-gs1'
    | 'unknown-identifier'
    | 'wrong-length'
    | 'wrong-characters'
    | 'wrong-check-digit'
    | 'wrong-date'
    | 'missing-identifier'
    | 'repeated-identifier';
  readonly detail: string;
};

/** Symbology identifiers (ISO/IEC 15424) of codes with element strings, and of plain EAN and UPC codes. */
const WITH_ELEMENTS = [']C1', ']e0', ']e1', ']e2', ']d2', ']Q3', ']J1'];
const PLAIN = [']E0', ']E1', ']E2', ']E3', ']E4', ']I1'];

/**
 * Reads what a scanner sends with its symbology identifier before it (rule B5): element strings of GS1-128, DataBar, GS1
 * DataMatrix, QR and DotCode, or a plain EAN or UPC. Anything else, such as plain Code 128, is `not-gs1`. A separator before
 * the first element is refused here; {@link cleanedScan} takes it off for scanners that send one.
 */
export function readGs1(scan: string): Result<Gs1Scan, Gs1Refusal> {
  const symbology = scan.slice(0, 3);
  const data = scan.slice(3);
  if (PLAIN.includes(symbology)) return readPlain(data, symbology);
  if (!WITH_ELEMENTS.includes(symbology))
    return err({ code: 'not-gs1', detail: `"${symbology}" is no symbology of GS1 codes` });
  const elements = readElements(data);
  if (!elements.ok) return elements;
  const fault = elements.value.map(elementFault).find((found) => found) ?? togetherFault(elements.value);
  if (fault) return err(fault);
  return ok({
    elements: elements.value,
    bracketed: elements.value.map(({ ai, data }) => `(${ai})${data}`).join(''),
    message: `^${data.replaceAll(GROUP_SEPARATOR, '^')}`,
  });
}

/** The GTIN an element string names, as 14 digits: that of the article, else that of what a parcel holds (rule B5). */
export function gtinOf({ elements }: Gs1Scan): string | undefined {
  return (elements.find(({ ai }) => ai === '01') ?? elements.find(({ ai }) => ai === '02'))?.data;
}

/** A scan without the separators that some scanners send first or last, which no element string begins or ends with (rule B5). */
export function cleanedScan(scan: string): string {
  const symbology = /^\][A-Za-z]\d/.exec(scan)?.[0] ?? '';
  const parts = scan.slice(symbology.length).split(GROUP_SEPARATOR);
  const first = parts.findIndex((part) => part !== '');
  const last = parts.findLastIndex((part) => part !== '');
  return symbology + parts.slice(Math.max(0, first), last + 1).join(GROUP_SEPARATOR);
}

function readPlain(data: string, symbology: string): Result<Gs1Scan, Gs1Refusal> {
  const lengths: Record<string, number> = { ']E4': 8, ']I1': 14 };
  const expected = lengths[symbology] ?? 13;
  const isAddOn = symbology === ']E1' || symbology === ']E2';
  if (isAddOn && /^(?:\d{2}|\d{5})$/.test(data)) return ok({ elements: [], message: data });
  const body = symbology === ']E3' ? data.slice(0, 13) : data;
  if (!/^\d+$/.test(data))
    return err({ code: 'wrong-characters', detail: 'an EAN or UPC holds digits only' });
  if (body.length !== expected)
    return err({ code: 'wrong-length', detail: `the code has ${body.length} digits and not ${expected}` });
  if (!normaliseGtin(body).ok)
    return err({ code: 'wrong-check-digit', detail: `the check digit of ${body} is wrong` });
  return ok({ elements: [], message: data });
}

function readElements(data: string): Result<readonly Gs1Element[], Gs1Refusal> {
  const elements: Gs1Element[] = [];
  let rest = data;
  if (rest === '') return err({ code: 'wrong-length', detail: 'the code holds nothing' });
  while (rest !== '') {
    const known = identifierOf(rest);
    if (!known)
      return err({
        code: 'unknown-identifier',
        detail: `"${rest.slice(0, 4)}" begins with no known identifier`,
      });
    const taken = takeElement(known, rest);
    if (!taken.ok) return taken;
    elements.push({ ai: known.ai, data: taken.value.data });
    rest = taken.value.rest;
  }
  return ok(elements);
}

/** The data of an element: as long as its identifier says, or up to the next separator. */
function takeElement(
  { ai, least, most }: Gs1Identifier,
  rest: string,
): Result<{ readonly data: string; readonly rest: string }, Gs1Refusal> {
  const fixed = predefinedLength(ai);
  const separator = rest.indexOf(GROUP_SEPARATOR);
  const end = separator < 0 ? rest.length : separator;
  const length = fixed === undefined ? end : Math.min(fixed, end);
  const data = rest.slice(ai.length, length);
  if (data.length < least || data.length > most)
    return err({ code: 'wrong-length', detail: `(${ai}) holds ${data.length} characters` });
  const isSeparated = rest[length] === GROUP_SEPARATOR;
  return ok({ data, rest: rest.slice(length + (isSeparated ? 1 : 0)) });
}

function elementFault({ ai, data }: Gs1Element): Gs1Refusal | undefined {
  const form = identifierOf(ai)?.form ?? 'text';
  const allowed = form === 'text' ? /^[!"%-?A-Z_a-z]+$/ : /^\d+$/;
  if (!allowed.test(data))
    return { code: 'wrong-characters', detail: `(${ai}) holds characters it may not: ${data}` };
  if (form === 'key' && gs1CheckDigit(data.slice(0, -1)) !== Number(data.at(-1)))
    return { code: 'wrong-check-digit', detail: `the check digit of (${ai}) ${data} is wrong` };
  if ((form === 'day' || form === 'moment') && !isDay(data, form === 'day'))
    return { code: 'wrong-date', detail: `(${ai}) ${data} is no day of the calendar` };
  return undefined;
}

/** A date YYMMDD that exists; 00 for the day is the month's last where that is allowed. */
function isDay(data: string, mayBeWholeMonth: boolean): boolean {
  const [year, month, day] = [data.slice(0, 2), data.slice(2, 4), data.slice(4, 6)].map(Number);
  if (year === undefined || month === undefined || day === undefined || month < 1 || month > 12) return false;
  if (day === 0) return mayBeWholeMonth;
  return day <= new Date(Date.UTC(2000 + year, month, 0)).getUTCDate();
}

/** Elements that must stand beside others, and those that are there twice and differ. */
function togetherFault(elements: readonly Gs1Element[]): Gs1Refusal | undefined {
  const values = new Map<string, string>();
  for (const { ai, data } of elements) {
    if (values.has(ai) && values.get(ai) !== data)
      return { code: 'repeated-identifier', detail: `(${ai}) is there twice and differs` };
    values.set(ai, data);
  }
  for (const ai of values.keys()) {
    const needs = identifierOf(ai)?.needs;
    if (needs && !needs.some((other) => values.has(other)))
      return { code: 'missing-identifier', detail: `(${ai}) needs one of ${needs.join(', ')} beside it` };
  }
  return undefined;
}
