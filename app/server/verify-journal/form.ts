import { isObject } from './canonical.ts';

/** Says what is wrong with the form of a value, or nothing. `path` is how the value is called in the sentence. */
export type Form = (value: unknown, path: string) => string | undefined;

/** A whole number from `least` to `most`; how large it may be at all is canonical JSON's rule. */
export function whole(least = -Infinity, most = Infinity): Form {
  return (value, path) =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
      ? undefined
      : `${path} is not a whole number${least === -Infinity ? '' : ` of at least ${least}`}`;
}

/** A text of `least` to `most` UTF-16 code units. */
export function text(least: number, most: number): Form {
  return (value, path) =>
    typeof value === 'string' && value.length >= least && value.length <= most
      ? undefined
      : `${path} is not a text of ${least} to ${most} characters`;
}

/** A text that looks as a pattern says. */
export function pattern(expression: RegExp, what: string): Form {
  return (value, path) =>
    typeof value === 'string' && expression.test(value) ? undefined : `${path} is not ${what}`;
}

/** One of a few values. */
export function oneOf(...values: readonly unknown[]): Form {
  return (value, path) =>
    values.includes(value) ? undefined : `${path} is none of ${values.map(String).join(', ')}`;
}

/** A list of `least` to `most` items of one form. */
export function list(item: Form, least = 0, most = Infinity): Form {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path} is not a list`;
    if (value.length < least || value.length > most) return `${path} has ${value.length} items`;
    return firstFault(value.map((one, i) => item(one, `${path}[${i}]`)));
  };
}

/** An object with exactly these members; those of `optional` may be missing. */
export function object(
  members: Readonly<Record<string, Form>>,
  optional: Readonly<Record<string, Form>> = {},
): Form {
  const forms = new Map([...Object.entries(members), ...Object.entries(optional)]);
  const needed = Object.keys(members);
  return (value, path) => {
    if (!isObject(value)) return `${path} is not an object`;
    const missing = needed.find((name) => !Object.hasOwn(value, name));
    if (missing !== undefined) return `${path} has no ${missing}`;
    const names = Object.keys(value);
    const strange = names.find((name) => !forms.has(name));
    if (strange !== undefined) return `${path} has a member ${strange}, which no rule knows`;
    return firstFault(names.map((name) => forms.get(name)?.(value[name], `${path}.${name}`)));
  };
}

/** An object whose members have any name and one form. */
export function dictionary(member: Form): Form {
  return (value, path) =>
    isObject(value)
      ? firstFault(Object.entries(value).map(([name, one]) => member(one, `${path}.${name}`)))
      : `${path} is not an object`;
}

function firstFault(faults: readonly (string | undefined)[]): string | undefined {
  return faults.find((one) => one !== undefined);
}
