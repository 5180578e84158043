import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { registerIdSchema, storeIdSchema } from '#model/ids/register-id.ts';
import { err, ok, type Result } from '#model/result.ts';

/** What `--help` prints. */
export const USAGE = `Usage: npm run relay -- --data DIR --port N [options]

A relay keeps every document it is sent on disk and passes it on. Its WebSocket is at /sync, its state at /status.

  --data DIR           folder for documents and identity (made when missing)
  --port N             port to listen on, 0 for any
  --host ADDRESS       address to listen on (default 127.0.0.1; 0.0.0.0 lets other tills in)
  --hq URL             head office's relay, for example ws://hq.example:4700/sync
  --peer URL           another till's relay; may be given several times
  --role relay|hq      what this relay is (default relay)
  --store S01          the store it stands in
  --register R1        the register it serves
  --organization TAG   the organization's tag, 12 hex digits
  --lan-interface IP   the address of the interface to look for other tills on (default: the system's choice)
  --tls-cert FILE      certificate (PEM) to serve https and wss with; needs --tls-key
  --tls-key FILE       its private key (PEM)
  --tls-ca FILE        a certificate authority of your own (PEM) to trust when dialling wss
  --open               ask nobody for a proof and take every change: for tests, on this machine only
  --no-discovery       do not look for other tills by mDNS
  --log-level LEVEL    trace, debug, info, warn or error (default info)
  --help               show this text
`;

const socketUrl = v.pipe(
  v.string(),
  v.check(
    (text) => URL.canParse(text) && /^wss?:$/.test(new URL(text).protocol),
    'an address looks like ws://host:port/sync',
  ),
);

const optionsSchema = v.object({
  data: v.string('say where to keep the data: --data DIR'),
  port: v.pipe(
    v.string('say which port to listen on: --port N'),
    v.regex(/^\d{1,5}$/, 'a port is a number from 0 to 65535'),
    v.transform(Number),
    v.maxValue(65_535, 'a port is a number from 0 to 65535'),
  ),
  host: v.optional(v.string(), '127.0.0.1'),
  hq: v.optional(socketUrl),
  peer: v.optional(v.array(socketUrl), []),
  role: v.optional(v.picklist(['relay', 'hq'], 'a role is relay or hq'), 'relay'),
  store: v.optional(storeIdSchema),
  register: v.optional(registerIdSchema),
  organization: v.optional(
    v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/, 'an organization tag has 12 hex digits')),
  ),
  'lan-interface': v.optional(v.pipe(v.string(), v.ipv4('a LAN interface is named by its IPv4 address'))),
  'tls-cert': v.optional(v.string()),
  'tls-key': v.optional(v.string()),
  'tls-ca': v.optional(v.string()),
  open: v.optional(v.boolean(), false),
  'no-discovery': v.optional(v.boolean(), false),
  'log-level': v.optional(v.picklist(['trace', 'debug', 'info', 'warn', 'error']), 'info'),
});

/** The options of a relay, checked. */
export type RelayOptions = v.InferOutput<typeof optionsSchema>;

/** Whether only programs of this machine can reach an address to listen on. */
export function isPrivateHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** Reads the command line; `'help'` when help was asked for, a sentence when something is wrong. */
export function readOptions(args: readonly string[]): Result<RelayOptions | 'help', string> {
  let values: Record<string, unknown>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        hq: { type: 'string' },
        peer: { type: 'string', multiple: true },
        role: { type: 'string' },
        store: { type: 'string' },
        register: { type: 'string' },
        organization: { type: 'string' },
        'lan-interface': { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        'tls-ca': { type: 'string' },
        open: { type: 'boolean' },
        'no-discovery': { type: 'boolean' },
        'log-level': { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
  if (values['help'] === true) return ok('help');
  const parsed = v.safeParse(optionsSchema, { data: undefined, port: undefined, ...values });
  if (parsed.success && parsed.output.open && !isPrivateHost(parsed.output.host))
    return err(
      '--open lets everybody in, so it goes with an address of this machine only: leave --host out.',
    );
  if (
    parsed.success &&
    (parsed.output['tls-cert'] === undefined) !== (parsed.output['tls-key'] === undefined)
  )
    return err('A certificate goes with its key: say both --tls-cert FILE and --tls-key FILE.');
  if (parsed.success) return ok(parsed.output);
  const issue = parsed.issues[0];
  const name = v.getDotPath(issue);
  return err(values[name ?? ''] === undefined ? issue.message : `--${name}: ${issue.message}`);
}
