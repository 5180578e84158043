import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { currencySchema } from '#model/money/money.ts';
import { err, ok, type Result } from '#model/result.ts';

/** What `--help` prints. */
export const USAGE = `Usage: npm run --silent import-sales -- FILE.csv --data DIR [options]

Rings another system's sales history through the till's own commands, one session per store, register and day, and
prints what the reports say about it as one JSON object. A file with a bad row is not imported at all. Importing a file
again adds what is missing and nothing twice.

  --data DIR         data folder; founded with the file's stores when it is new
  --source NAME      name of the other system (default import); keeps equal receipt numbers of two systems apart
  --currency CODE    currency of a new organization (default GBP)
  --time-zone ZONE   time zone of the times in the file (default Europe/London)
  --locale LOCALE    locale of new stores (default en-GB)
  --name NAME        name of a new organization (default Imported shops)
  --help             show this text
`;

const optionsSchema = v.object({
  file: v.string('name the file to import: import-sales -- FILE.csv --data DIR'),
  data: v.string('say where to keep the data: --data DIR'),
  source: v.optional(
    v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,16}$/, 'a source is 1 to 16 small letters, digits and "-"')),
    'import',
  ),
  currency: v.optional(currencySchema, 'GBP'),
  'time-zone': v.optional(
    v.pipe(v.string(), v.check(isTimeZone, 'a time zone looks like Europe/London')),
    'Europe/London',
  ),
  locale: v.optional(v.string(), 'en-GB'),
  name: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(100)), 'Imported shops'),
});

/** The options of an import, checked. */
export type ImportOptions = v.InferOutput<typeof optionsSchema>;

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch (cause) {
    if (cause instanceof RangeError) return false;
    throw cause;
  }
}

/** Reads the command line; `'help'` when help was asked for, a sentence when something is wrong. */
export function readOptions(args: readonly string[]): Result<ImportOptions | 'help', string> {
  let values: Record<string, unknown>;
  let positionals: string[];
  try {
    ({ values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        source: { type: 'string' },
        currency: { type: 'string' },
        'time-zone': { type: 'string' },
        locale: { type: 'string' },
        name: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
  if (values['help'] === true) return ok('help');
  if (positionals.length > 1) return err(`import one file at a time, not ${positionals.join(' and ')}`);
  const parsed = v.safeParse(optionsSchema, { file: positionals[0], data: undefined, ...values });
  if (parsed.success) return ok(parsed.output);
  const issue = parsed.issues[0];
  const name = v.getDotPath(issue) ?? '';
  return err(values[name] === undefined ? issue.message : `--${name}: ${issue.message}`);
}
