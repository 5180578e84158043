import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { registerIdSchema, storeIdSchema } from '#model/ids/register-id.ts';
import { daySchema } from '#model/journal/record.ts';
import { err, ok, type Result } from '#model/result.ts';

/** What `--help` prints. */
export const USAGE = `Usage: npm run --silent export-journal -- --data DIR [options]

Writes the journals of head office's data folder as JSON Lines, every record exactly as it is stored, for an auditor and
for verify-journal. Stop the Tillmesh that runs on the folder first.

  --data DIR           data folder
  --store S01          this store only
  --register R1        registers of this number only
  --from YYYY-MM-DD    begin with the first session of this business day or a later one
  --to YYYY-MM-DD      end with the last session of this business day or an earlier one
  --out FILE           write to a file; without it, to standard output
  --help               show this text

Whole sessions are written, and every session between the first and the last, so that the chain can be checked.
`;

const optionsSchema = v.pipe(
  v.object({
    data: v.string('say where the data are: --data DIR'),
    store: v.optional(storeIdSchema),
    register: v.optional(registerIdSchema),
    from: v.optional(daySchema),
    to: v.optional(daySchema),
    out: v.optional(v.pipe(v.string(), v.minLength(1, 'name the file to write: --out FILE'))),
  }),
  v.check(({ from = '', to = '9999-12-31' }) => from <= to, '--from is a later day than --to'),
);

/** The options of an export, checked. */
export type ExportOptions = v.InferOutput<typeof optionsSchema>;

/** Reads the command line; `'help'` when help was asked for, a sentence when something is wrong. */
export function readOptions(args: readonly string[]): Result<ExportOptions | 'help', string> {
  let values: Record<string, unknown>;
  const text = { type: 'string' } as const;
  try {
    const options = { data: text, store: text, register: text, from: text, to: text, out: text };
    ({ values } = parseArgs({ args: [...args], options: { ...options, help: { type: 'boolean' } } }));
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
  if (values['help'] === true) return ok('help');
  const parsed = v.safeParse(optionsSchema, { data: undefined, ...values });
  if (parsed.success) return ok(parsed.output);
  const issue = parsed.issues[0];
  const name = v.getDotPath(issue);
  return err(name === null || values[name] === undefined ? issue.message : `--${name}: ${issue.message}`);
}
