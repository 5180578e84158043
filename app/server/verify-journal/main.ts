import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkJournal, type JournalVerdict } from './journal-check.ts';
import { describeVerdict } from './report.ts';

const USAGE = `Usage: npm run --silent verify-journal -- EXPORT [--json]

Checks a file that export-journal wrote, by the rules of model/SPEC.md: every hash, link, number, total and signature.
This folder needs nothing of Tillmesh: it can be copied away and run with Node 24 alone.

  --json    print one JSON object instead of a table
  --help    show this text

Ends with 0 when everything is valid, with 1 when something is not, with 2 when nothing could be checked.
`;

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

const { file, json } = readArguments();
const verdict = await checkFile(file);
process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : describeVerdict(verdict));
process.exitCode = verdict.valid ? 0 : 1;

function readArguments(): { readonly file: string; readonly json: boolean } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) throw new TypeError('Name one file to verify.');
    return { file, json: values.json ?? false };
  } catch (cause) {
    fail(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`);
  }
}

async function checkFile(path: string): Promise<JournalVerdict> {
  try {
    return await checkJournal(createReadStream(path));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string')
      fail(`${path} cannot be read: ${cause.message}.`);
    throw cause;
  }
}
