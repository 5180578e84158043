import * as v from 'valibot';

/** Why a device that had joined may not take part any more. */
const REASONS = ['replaced', 'revoked', 'expired', 'unknown', 'unproven'] as const;

const exclusionSchema = v.object({
  device: v.string(),
  reason: v.picklist(REASONS),
  /** When it was decided, where the organization document says so; else when this device was told. */
  at: v.string(),
});

/** That this device was turned away, and since when (ISO 8601). Kept, so that it holds without a connection as well. */
export type Exclusion = v.InferOutput<typeof exclusionSchema>;
/** Why a device was turned away. */
export type ExclusionReason = Exclusion['reason'];

type Notes = {
  readonly readNote: (key: string) => string | undefined;
  readonly writeNote: (key: string, text: string | undefined) => void;
};

const NOTE = 'device:excluded';

/** What is kept of a device's exclusion; undefined when it is in good standing or the note is of an earlier device. */
export function readExclusion(notes: Notes, device: string): Exclusion | undefined {
  const text = notes.readNote(NOTE);
  if (text === undefined) return undefined;
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), exclusionSchema), text);
  return read.success && read.output.device === device ? read.output : undefined;
}

/** Keeps an exclusion; undefined takes it away, once a relay has accepted the device again. */
export function writeExclusion(notes: Notes, exclusion: Exclusion | undefined): void {
  notes.writeNote(NOTE, exclusion === undefined ? undefined : JSON.stringify(exclusion));
}
