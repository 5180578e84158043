import { gramsOf, SCALE_UNITS, type ScaleUnit } from '#model/catalog/scale-status.ts';

/**
 * The two protocols in which point-of-sale scales are asked for a weight: `8217`, after the Mettler Toledo 8217, and `nci`, the one
 * of NCI and Weigh-Tronix that others call ECR (both as the PSC Magellan 8500 service manual, §6.1, describes them).
 */
export const SCALE_PROTOCOLS = ['8217', 'nci'] as const;

/** The language of a scale. */
export type ScaleProtocol = (typeof SCALE_PROTOCOLS)[number];

/** What a frame of a scale says; `grams` is above zero. */
export type ScaleFrame =
  | { readonly state: 'stable'; readonly grams: string; readonly net?: boolean }
  | { readonly state: 'moving' | 'empty' | 'below-zero' | 'overload' }
  | { readonly state: 'fault'; readonly message: string };

/** No frame of either protocol is longer; what goes on without an end is noise. */
export const LONGEST_FRAME = 64;

const STX = '\u0002';
const ETX = '\u0003';

/** Says what to send to be told the weight. */
export function askWeight(protocol: ScaleProtocol): string {
  return protocol === '8217' ? 'W' : 'W\r';
}

/** The first whole frame of what came, with even parity taken off as serial lines may send it; undefined while it is not whole. */
export function frameIn(bytes: Uint8Array, protocol: ScaleProtocol): string | undefined {
  const plain = bytes.map((byte) => byte & 0x7f);
  const end = plain.indexOf((protocol === '8217' ? '\r' : ETX).charCodeAt(0));
  return end < 0 ? undefined : String.fromCharCode(...plain.subarray(0, end + 1));
}

/** Reads a whole frame. Never throws: what is none says so. `unit` counts where the frame names none. */
export function readFrame(frame: string, protocol: ScaleProtocol, unit: ScaleUnit): ScaleFrame {
  return protocol === '8217' ? read8217(frame, unit) : readNci(frame);
}

function read8217(frame: string, unit: ScaleUnit): ScaleFrame {
  if (!frame.startsWith(STX) || !frame.endsWith('\r')) return unreadable(frame);
  const body = frame.slice(STX.length, -1);
  const weight = /^ *(\d{1,5}\.\d{1,4})(N?)$/.exec(body);
  if (weight) return weighed(weight[1] ?? '', unit, weight[2] === 'N');
  const status = /^\?([\u0040-\u007f])$/.exec(body)?.[1]?.charCodeAt(0);
  if (status === undefined) return unreadable(frame);
  // Overload and below zero come first: a pan that is too full often moves as well.
  if (status & 0x02) return { state: 'overload' };
  if (status & 0x04) return { state: 'below-zero' };
  if (status & 0x01) return { state: 'moving' };
  if (status & 0x10) return { state: 'empty' };
  if (status & 0x08)
    return fault(
      'The scale could not set itself to zero when it was switched on: empty it and switch it on again.',
    );
  return { state: 'moving' };
}

function readNci(frame: string): ScaleFrame {
  const body = frame.endsWith(ETX) ? frame.slice(0, -ETX.length) : '';
  if (body === '\n?\r')
    return fault('The scale does not know the question for a weight: check its protocol.');
  const whole =
    /^(?:\n *(\d{1,5}(?:\.\d{1,4})?) *([A-Za-z]{1,2})\r)?\nS?([\u0030-\u003f])([\u0030-\u007f]+)\r$/.exec(
      body,
    );
  if (!whole) return unreadable(frame);
  const [, shown, unitText = '', first = '0', more = '0'] = whole;
  const trouble = nciTrouble(first.charCodeAt(0), more.charCodeAt(0), more.charCodeAt(1) || 0);
  if (trouble) return trouble;
  if (shown === undefined) return { state: first.charCodeAt(0) & 0x02 ? 'empty' : 'moving' };
  const unit = SCALE_UNITS.find((known) => known === unitText.toLowerCase());
  if (!unit) return fault(`The scale weighs in "${unitText}"; set it to ${SCALE_UNITS.join(', ')}.`);
  return weighed(shown, unit, (more.charCodeAt(1) & 0x04) !== 0);
}

function nciTrouble(first: number, second: number, third: number): ScaleFrame | undefined {
  if (first & 0x0c || second & 0x0c)
    return fault('The scale says that its memory or its calibration is damaged.');
  if (second & 0x02) return { state: 'overload' };
  if (second & 0x01) return { state: 'below-zero' };
  if (third & 0x08)
    return fault(
      'The scale could not set itself to zero when it was switched on: empty it and switch it on again.',
    );
  return first & 0x01 ? { state: 'moving' } : undefined;
}

function weighed(shown: string, unit: ScaleUnit, net: boolean): ScaleFrame {
  if (Number(shown) === 0) return { state: 'empty' };
  return { state: 'stable', grams: gramsOf(shown, unit), ...(net ? { net } : {}) };
}

function unreadable(frame: string): ScaleFrame {
  return fault(
    `What the scale says is not understood (${JSON.stringify(frame.slice(0, 24))}): check its protocol.`,
  );
}

function fault(message: string): ScaleFrame {
  return { state: 'fault', message };
}
