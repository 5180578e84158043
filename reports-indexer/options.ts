import { parseArgs } from 'node:util';
import { isOrganizationTag } from '#model/ids/document-id.ts';
import { err, ok, type Result } from '#model/result.ts';
import { normalCode } from '#model/trust/invitation.ts';

/** How to start the indexer. */
export const USAGE = `node reports-indexer/main.ts --data DIR --port N --relay URL [options]

  --data DIR          folder of the database and of device.json, the key of this device; made when it is not there
  --port N            HTTP port of the reports, 0 for any free one
  --relay URL         the relay to read from, ws://127.0.0.1:4000/sync
  --host ADDRESS      address to listen on (127.0.0.1)
  --enrol CODE        join the organization with a code from the back office, once; the relay is asked
  --organization TAG  take documents of this organization only, 12 hex digits (the one the relay serves)
  --rebuild           throw the database away and make it again from the documents
  --help              this text
`;

/** The command line, checked. */
export type Options = {
  readonly data: string;
  readonly port: number;
  readonly relay: string;
  readonly host: string;
  readonly enrol?: string;
  readonly organization?: string;
  readonly rebuild: boolean;
};

const FLAGS = {
  data: { type: 'string' },
  port: { type: 'string' },
  relay: { type: 'string' },
  host: { type: 'string', default: '127.0.0.1' },
  enrol: { type: 'string' },
  organization: { type: 'string' },
  rebuild: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line; 'help' when that was asked for, else a sentence that says what is wrong. */
export function readOptions(args: readonly string[]): Result<Options | 'help', string> {
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options: FLAGS, allowPositionals: false }));
  } catch (error) {
    return err(`${error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)}.`);
  }
  if (values.help) return ok('help');
  const { data, relay, host, enrol, organization, rebuild } = values;
  const port = /^\d{1,5}$/.test(values.port ?? '') ? Number(values.port) : undefined;
  if (data === undefined || data === '') return err('--data is missing: name the folder of the database.');
  if (port === undefined || port > 65_535)
    return err('--port is missing or wrong: it is a number from 0 to 65535.');
  if (relay === undefined || !isRelayUrl(relay))
    return err('--relay is missing or wrong: it looks like ws://127.0.0.1:4000/sync.');
  if (enrol !== undefined && normalCode(enrol) === undefined)
    return err('--enrol is wrong: a code looks like 7KQ4M-2XPNA.');
  if (organization !== undefined && !isOrganizationTag(organization))
    return err('--organization is wrong: an organization tag has 12 hex digits.');
  return ok({
    data,
    port,
    relay,
    host,
    rebuild,
    ...(enrol === undefined ? {} : { enrol }),
    ...(organization === undefined ? {} : { organization }),
  });
}

function isRelayUrl(text: string): boolean {
  return /^wss?:\/\//.test(text) && URL.canParse(text);
}
