import * as v from 'valibot';
import { daySchema } from '#model/journal/record.ts';
import { registerIdSchema, storeIdSchema } from '#model/ids/register-id.ts';
import { err, ok, type Result } from '#model/result.ts';

/** Parameters every report over a time takes: business days, both included, and where. */
export const periodFields = {
  from: v.optional(daySchema),
  to: v.optional(daySchema),
  store: v.optional(storeIdSchema),
  register: v.optional(registerIdSchema),
};

/** A time and a place; whatever is left out is not limited. */
export type Period = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly store?: string | undefined;
  readonly register?: string | undefined;
};

const FIRST_DAY = '0000-01-01';
const LAST_DAY = '9999-12-31';

/** The days of a period with its open ends filled in. */
export function daysOf(period: Period): { readonly from: string; readonly to: string } {
  return { from: period.from ?? FIRST_DAY, to: period.to ?? LAST_DAY };
}

/** Reads the query parameters of a request; the refusal is a sentence that names the parameter. */
export function readQuery<Schema extends v.GenericSchema>(
  schema: Schema,
  query: unknown,
): Result<v.InferOutput<Schema>, string> {
  const parsed = v.safeParse(schema, query);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const name = v.getDotPath(issue) ?? 'query';
    const unknown = issue.expected === 'never';
    return err(
      unknown
        ? `There is no parameter "${name.slice(0, 40)}" here; leave it out.`
        : `The parameter "${name}" is not right: ${issue.message}.`,
    );
  }
  return checkPeriod(parsed.output);
}

function checkPeriod<Query>(query: Query): Result<Query, string> {
  const { from, to, store, register } = query as Period;
  if (from !== undefined && to !== undefined && from > to)
    return err(`The parameter "from" (${from}) lies after "to" (${to}); swap them.`);
  if (register !== undefined && store === undefined)
    return err(`The parameter "register" needs "store": every store has a ${register}.`);
  return ok(query);
}
