import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { err, ok, type Result } from '#model/result.ts';

/** How far the ports of a station reach beyond its first. */
const PORT_SPAN = 30;

/** What the command line says about the machine. */
export type StationOptions = {
  readonly data: string;
  readonly port: number;
  readonly host: string | undefined;
  /** Head office's relay, `ws://office.example:4710/sync`; undefined when this machine is head office. */
  readonly hq: string | undefined;
  readonly peers: readonly string[];
  readonly printers: readonly string[];
  readonly displays: readonly string[];
  /** The address of a card terminal, `http://192.168.1.60:9300`. */
  readonly terminal: string | undefined;
  /** The scale, `tcp://192.168.1.52:4001` with the settings of the bridge's flag. */
  readonly scale: string | undefined;
  /** The mail server that takes receipts, and the shop's address. */
  readonly mail: { readonly smtp: string; readonly from: string } | undefined;
  readonly relayFlags: readonly string[];
  readonly officeCode: boolean;
};

/** What the program says about itself. */
export const USAGE = `Usage: npm run station -- --data DIR [options]

Runs one machine of a shop: head office, or, with --hq, a till. The first page asks for what is missing: head office
for the shop, a till for the code from head office.

  --data DIR             where everything of this machine is kept
  --port N               the first port (default 4700): the pages; N + 10 the relay, N + 20 reports or printers
  --host ADDRESS         where other machines reach this one's relay (default: not at all)
  --hq URL               head office's relay, like ws://192.168.1.10:4710/sync: this machine is a till
  --peer URL             another till's relay, where it is not found by itself; may be repeated
  --printer NAME=URL     a printer of this till, as for npm run bridge; the receipt printer is called "receipt"
  --display NAME=URL     a pole display of this till, as for npm run bridge; the till's is called "pole"
  --scale URL            a scale of this till, tcp://HOST:PORT and the settings npm run bridge knows, as in ,protocol=nci
  --card-terminal URL    a card terminal that speaks the protocol of npm run virtual-terminal
  --smtp URL             a mail server that takes receipts, smtp://USER:PASSWORD@HOST:PORT; with --mail-from
  --mail-from ADDRESS    the shop's address on these mails
  --tls-ca FILE          certificate authority (PEM) of a head office behind wss://
  --office-code          head office only: print a code for a browser of the office, when no other can make one
  --help                 show this text
`;

/** Reads the command line, or says what is wrong with it. */
export function readOptions(args: readonly string[]): Result<StationOptions | 'help', string> {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        port: { type: 'string', default: '4700' },
        host: { type: 'string' },
        hq: { type: 'string' },
        peer: { type: 'string', multiple: true, default: [] },
        printer: { type: 'string', multiple: true, default: [] },
        display: { type: 'string', multiple: true, default: [] },
        'card-terminal': { type: 'string' },
        scale: { type: 'string' },
        smtp: { type: 'string' },
        'mail-from': { type: 'string' },
        'tls-ca': { type: 'string' },
        'office-code': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
  if (values.help) return ok('help');
  if (values.data === undefined)
    return err('--data DIR is missing: where everything of this machine is kept.');
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1024 || port + PORT_SPAN > 65_535)
    return err(`--port ${values.port}: the first port is a number from 1024 to ${65_535 - PORT_SPAN}.`);
  const wrongUrl = [values.hq, ...values.peer].find((url) => url !== undefined && !/^wss?:\/\/./.test(url));
  if (wrongUrl !== undefined)
    return err(`"${wrongUrl}" is not a relay's address like ws://192.168.1.10:4710/sync.`);
  const terminal = values['card-terminal'];
  if (terminal !== undefined && !/^https?:\/\/[^/]+$/.test(terminal))
    return err(`--card-terminal ${terminal}: write it as http://host:port, without a path.`);
  if (values.scale !== undefined && !/^tcp:\/\/[^/]+:\d+(?:,[^/]*)?$/.test(values.scale))
    return err(`--scale ${values.scale}: write it as tcp://host:port, with settings after a comma.`);
  const { smtp, 'mail-from': from } = values;
  if ((smtp === undefined) !== (from === undefined)) return err('--smtp and --mail-from go together.');
  if (smtp !== undefined && !/^smtps?:\/\/./.test(smtp))
    return err(`--smtp ${smtp}: write it as smtp://host:port.`);
  if (values['office-code'] && values.hq !== undefined)
    return err('--office-code is for head office, which has no --hq.');
  return ok({
    data: resolve(values.data),
    port,
    host: values.host,
    hq: values.hq,
    peers: values.peer,
    printers: values.printer,
    displays: values.display,
    terminal,
    scale: values.scale,
    mail: smtp === undefined || from === undefined ? undefined : { smtp, from },
    relayFlags: values['tls-ca'] === undefined ? [] : ['--tls-ca', values['tls-ca']],
    officeCode: values['office-code'],
  });
}
