import * as v from 'valibot';
import { SCALE_UNITS, type ScaleUnit } from '#model/catalog/scale-status.ts';
import { printJobSchema } from '#model/receipt/print-job.ts';
import { err, ok, type Result } from '#model/result.ts';
import { parseAddress } from './printer-profiles.ts';
import { SCALE_PROTOCOLS, type ScaleProtocol } from './scale-frames.ts';

/** One configured scale. `unit` is what it shows where its protocol does not say so. */
export type ScaleProfile = {
  readonly device: string;
  readonly host: string;
  readonly port: number;
  readonly protocol: ScaleProtocol;
  readonly unit: ScaleUnit;
};

/**
 * Reads one `--scale` flag, `NAME=tcp://HOST:PORT[,protocol=8217][,unit=kg]`. The error is a sentence for the person who typed it.
 * A port must be named: converters from serial lines have no usual one.
 */
export function parseScaleFlag(flag: string): Result<ScaleProfile, string> {
  const equals = flag.indexOf('=');
  const device = flag.slice(0, Math.max(equals, 0));
  if (!v.is(printJobSchema.entries.device, device)) {
    return err(
      `--scale ${flag}: start with a name of small letters, digits and "-", as in scale=tcp://192.168.1.52:4001.`,
    );
  }
  const [url = '', ...options] = flag.slice(equals + 1).split(',');
  if (!/:\d+$/.test(url))
    return err(
      `--scale ${device}: "${url}" names no port; write tcp://HOST:PORT, as in tcp://192.168.1.52:4001.`,
    );
  const address = parseAddress(url);
  if (!address.ok)
    return err(`--scale ${device}: ${address.error.replace('printer address', 'scale address')}`);
  const settings = readSettings(options);
  return settings.ok
    ? ok({ device, ...address.value, ...settings.value })
    : err(`--scale ${device}: ${settings.error}`);
}

function readSettings(options: readonly string[]): Result<Pick<ScaleProfile, 'protocol' | 'unit'>, string> {
  const given = new Map<string, string>();
  for (const option of options) {
    const [, name = '', value = ''] = /^(protocol|unit)=([a-z0-9]{1,8})$/.exec(option) ?? [];
    if (name === '' || given.has(name))
      return err(`"${option}" is not a setting; there are protocol and unit.`);
    given.set(name, value);
  }
  const protocol = SCALE_PROTOCOLS.find((known) => known === (given.get('protocol') ?? '8217'));
  if (!protocol)
    return err(
      `protocol=${given.get('protocol')} is not known; choose one of ${SCALE_PROTOCOLS.join(', ')}.`,
    );
  const unit = SCALE_UNITS.find((known) => known === (given.get('unit') ?? 'kg'));
  if (!unit) return err(`unit=${given.get('unit')} is not known; choose one of ${SCALE_UNITS.join(', ')}.`);
  return ok({ protocol, unit });
}
