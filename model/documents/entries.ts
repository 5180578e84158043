import * as v from 'valibot';
import { err, ok, type Result } from '../result.ts';

/**
 * The one shape every document has (rule D2): a map from a key to an immutable text, the canonical JSON of a record or of
 * a group of fields. What merges is one entry; the map itself is made by a first change that is the same on every device.
 */
export type Entries = Readonly<Record<string, string>>;

/** The name of the map inside a document. */
export const ENTRIES_FIELD = 'entries';

/** One entry that changed; `text` is undefined when the entry was taken out. */
export type EntryChange = { readonly key: string; readonly text: string | undefined };

/** An entry that could not be read: shown to people, never counted, never dropped from the document (rule D5). */
export type EntryFault = {
  readonly key: string;
  readonly code: 'not-json' | 'unknown-key' | 'wrong-key' | 'bad-shape';
  readonly detail: string;
};

/** Reads one entry's text by its schema. */
export function readEntry<Schema extends v.GenericSchema>(
  schema: Schema,
  key: string,
  text: string,
): Result<v.InferOutput<Schema>, EntryFault> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return err({ key, code: 'not-json', detail: cause instanceof Error ? cause.message : String(cause) });
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return ok(parsed.output);
  const issue = parsed.issues[0];
  return err({ key, code: 'bad-shape', detail: `${v.getDotPath(issue) ?? 'entry'}: ${issue.message}` });
}
