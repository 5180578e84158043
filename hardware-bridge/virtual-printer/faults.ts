import * as v from 'valibot';

const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer('must be a whole number'), v.minValue(least), v.maxValue(most));

/** What can be wrong with the virtual printer, all of it switchable while it runs. */
export const faultsSchema = v.strictObject({
  /** No power: connections are refused, what was in its buffer is gone. */
  off: v.boolean(),
  /** Accepts connections, but never reads and never answers. */
  mute: v.boolean(),
  /** Prints, but cannot answer any question, like many cheap printers. */
  silent: v.boolean(),
  /** The roll is empty: stops where it is and goes on when there is paper again. */
  paperOut: v.boolean(),
  paperNearEnd: v.boolean(),
  coverOpen: v.boolean(),
  /** Printing speed in bytes a second; null prints at once. */
  bytesPerSecond: v.nullable(whole(1, 1_000_000)),
  /** Resets every connection after this many bytes of data; null never does. */
  resetAtByte: v.nullable(whole(0, 10_000_000)),
  /** The roll ends after this many bytes of data of a connection; happens once. */
  paperOutAtByte: v.nullable(whole(0, 10_000_000)),
  /** Every answer comes this much later, in milliseconds. */
  answerDelayMs: whole(0, 600_000),
});

/** A change of some faults; the others stay as they are. */
export const faultChangeSchema = v.partial(faultsSchema);

/** What can be wrong with the virtual printer. */
export type Faults = v.InferOutput<typeof faultsSchema>;

/** A change of some faults. */
export type FaultChange = v.InferOutput<typeof faultChangeSchema>;

/** A printer that works. */
export const NO_FAULTS: Faults = {
  off: false,
  mute: false,
  silent: false,
  paperOut: false,
  paperNearEnd: false,
  coverOpen: false,
  bytesPerSecond: null,
  resetAtByte: null,
  paperOutAtByte: null,
  answerDelayMs: 0,
};
