import * as v from 'valibot';
import { printJobSchema } from '#model/receipt/print-job.ts';
import { err, ok, type Result } from '#model/result.ts';
import { isKnownCodePage, knownCodePages } from './code-pages.ts';
import { parseAddress } from './printer-profiles.ts';

/** One configured pole display: two lines of `columns` characters; `codePage` is the n of ESC t n. */
export type DisplayProfile = {
  readonly device: string;
  readonly host: string;
  readonly port: number;
  readonly columns: number;
  readonly codePage: number;
};

/**
 * Reads one `--display` flag, `NAME=tcp://HOST:PORT[,columns=20][,codePage=16]`. The error is a sentence for the person who typed it.
 */
export function parseDisplayFlag(flag: string): Result<DisplayProfile, string> {
  const equals = flag.indexOf('=');
  const device = flag.slice(0, Math.max(equals, 0));
  if (!v.is(printJobSchema.entries.device, device)) {
    return err(
      `--display ${flag}: start with a name of small letters, digits and "-", as in pole=tcp://192.168.1.51:9100.`,
    );
  }
  const [url = '', ...options] = flag.slice(equals + 1).split(',');
  const address = parseAddress(url);
  if (!address.ok) return err(`--display ${device}: ${address.error}`);
  const given = new Map<string, string>();
  for (const option of options) {
    const [, name = '', value = ''] = /^(columns|codePage)=([0-9]{1,3})$/.exec(option) ?? [];
    if (name === '' || given.has(name))
      return err(`--display ${device}: "${option}" is not a setting; there are columns and codePage.`);
    given.set(name, value);
  }
  const columns = Number(given.get('columns') ?? 20);
  if (columns < 8 || columns > 40)
    return err(`--display ${device}: columns=${columns} must be from 8 to 40.`);
  const codePage = Number(given.get('codePage') ?? 16);
  if (!isKnownCodePage(codePage)) {
    const known = knownCodePages.join(', ');
    return err(`--display ${device}: codePage=${codePage} is not supported; choose one of ${known}.`);
  }
  return ok({ device, ...address.value, columns, codePage });
}
