import { isIPv4, isIPv6 } from 'node:net';
import * as v from 'valibot';
import { printJobSchema, type PrinterDescription } from '#model/receipt/print-job.ts';
import { err, ok, type Result } from '#model/result.ts';
import { isKnownCodePage, knownCodePages } from './code-pages.ts';

/** How a printer is asked whether a paper came out: `auto` asks with GS r when the printer answers status at all. */
export type Confirmation = PrinterDescription['confirm'];

/** One configured printer. `columns` counts characters of font A, `dots` the paper's printable width. */
export type PrinterProfile = {
  readonly device: string;
  readonly host: string;
  readonly port: number;
  readonly columns: number;
  readonly dots: number;
  /** The n of ESC t n. */
  readonly codePage: number;
  readonly confirm: Confirmation;
  /** The connector pin that the drawer's solenoid hangs on. */
  readonly drawerPin: 2 | 5;
};

type Settings = Partial<Record<'columns' | 'dots' | 'codePage' | 'confirm' | 'drawerPin', string>>;

/** host:port as it is shown and as queues are keyed; IPv6 in brackets. */
export function addressOf(profile: Pick<PrinterProfile, 'host' | 'port'>): string {
  return isIPv6(profile.host) ? `[${profile.host}]:${profile.port}` : `${profile.host}:${profile.port}`;
}

/** What the till may know about a printer. */
export function describePrinter(profile: PrinterProfile): PrinterDescription {
  const { device, columns, dots, codePage, confirm } = profile;
  return { device, address: addressOf(profile), columns, dots, codePage, confirm };
}

/**
 * Reads one `--printer` flag, `NAME=tcp://HOST:PORT[,columns=42][,dots=512][,codePage=16][,confirm=auto][,drawerPin=2]`.
 * The error is a sentence for the person who typed it.
 */
export function parsePrinterFlag(flag: string): Result<PrinterProfile, string> {
  const equals = flag.indexOf('=');
  const device = flag.slice(0, Math.max(equals, 0));
  if (!v.is(printJobSchema.entries.device, device)) {
    return err(
      `--printer ${flag}: start with a name of small letters, digits and "-", as in front=tcp://192.168.1.50:9100.`,
    );
  }
  const [url = '', ...options] = flag.slice(equals + 1).split(',');
  const address = parseAddress(url);
  if (!address.ok) return err(`--printer ${device}: ${address.error}`);
  const settings = parseSettings(options);
  if (!settings.ok) return err(`--printer ${device}: ${settings.error}`);
  return ok({ device, ...address.value, ...settings.value });
}

/** Reads the address of a device on the network, `tcp://HOST:PORT`, port 9100 where none is named. The error is a sentence. */
export function parseAddress(url: string): Result<{ host: string; port: number }, string> {
  // The WHATWG parser would quietly mend or ignore some of what people type, so only its strict subset is let in.
  const match = /^tcp:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,6}))?$/.exec(url);
  const host = match?.[1]?.replace(/^\[|\]$/g, '');
  if (!match || host === undefined) {
    return err(`"${url}" is not a printer address; write tcp://HOST:PORT, with an IPv6 address in brackets.`);
  }
  if (match[1]?.startsWith('[') && !isIPv6(host)) return err(`"${host}" is not an IPv6 address.`);
  if (/^[0-9.]+$/.test(host) && !isIPv4(host)) return err(`"${host}" is not an IPv4 address.`);
  const port = Number(match[2] ?? 9100);
  if (port < 1 || port > 65_535) return err(`port ${match[2]} does not exist; ports go from 1 to 65535.`);
  return ok({ host, port });
}

function parseSettings(
  options: readonly string[],
): Result<Omit<PrinterProfile, 'device' | 'host' | 'port'>, string> {
  const given: Settings = {};
  for (const option of options) {
    const [name, value, ...rest] = option.split('=');
    if (!isSettingName(name) || value === undefined || rest.length > 0) {
      return err(`"${option}" is not a setting; there are columns, dots, codePage, confirm and drawerPin.`);
    }
    if (given[name] !== undefined) return err(`${name} is given twice.`);
    given[name] = value;
  }
  return checkSettings(given);
}

function checkSettings(given: Settings): Result<Omit<PrinterProfile, 'device' | 'host' | 'port'>, string> {
  const columns = wholeNumber(given.columns ?? '42', 20, 80);
  if (columns === null) return err(`columns=${given.columns} must be a whole number from 20 to 80.`);
  const dots = wholeNumber(given.dots ?? String(usualDots(columns)), 240, 1200);
  if (dots === null) return err(`dots=${given.dots} must be a whole number from 240 to 1200.`);
  const codePage = wholeNumber(given.codePage ?? '16', 0, 255);
  if (codePage === null || !isKnownCodePage(codePage)) {
    return err(`codePage=${given.codePage} is not supported; choose one of ${knownCodePages.join(', ')}.`);
  }
  const confirm = given.confirm ?? 'auto';
  if (!isConfirmation(confirm)) return err(`confirm=${confirm} must be auto, gsr, gsh or none.`);
  const pin = wholeNumber(given.drawerPin ?? '2', 2, 5);
  if (pin !== 2 && pin !== 5) return err(`drawerPin=${given.drawerPin} must be 2 or 5.`);
  return ok({ columns, dots, codePage, confirm, drawerPin: pin });
}

/** The widths sold with these columns: 58 mm paper, 80 mm paper at 180 dpi, 80 mm paper at 203 dpi. */
function usualDots(columns: number): number {
  if (columns <= 36) return 384;
  return columns < 48 ? 512 : 576;
}

function wholeNumber(text: string, least: number, most: number): number | null {
  if (!/^[0-9]{1,5}$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}

function isSettingName(name: string | undefined): name is keyof Settings {
  return ['columns', 'dots', 'codePage', 'confirm', 'drawerPin'].includes(name ?? '');
}

function isConfirmation(text: string): text is Confirmation {
  return ['auto', 'gsr', 'gsh', 'none'].includes(text);
}
