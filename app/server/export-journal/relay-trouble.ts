import { basename } from 'node:path';
import * as v from 'valibot';
import { describeDocument, parseDocumentId } from '#model/ids/document-id.ts';

/** From this level on a line of a relay's log tells of something that is not as it should be. */
const WARNING = 40;

const warningSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    level: v.pipe(v.number(), v.minValue(WARNING)),
    msg: v.string(),
    document: v.optional(v.string()),
    path: v.optional(v.string()),
  }),
);

/**
 * What a line of a relay's log (`[relay] {…}`) says is wrong with one of its documents; undefined for any other line. A
 * damaged log is mended by leaving out its end, so without this an export would be shorter and look whole.
 */
export function documentTrouble(line: string): string | undefined {
  const start = line.indexOf('{');
  const parsed = v.safeParse(warningSchema, start < 0 ? '' : line.slice(start));
  if (!parsed.success) return undefined;
  const { msg, document, path } = parsed.output;
  const id = document ?? (path === undefined ? undefined : basename(path, '.log'));
  return id === undefined ? undefined : `${nameOfDocument(id)}: ${msg}`;
}

/** What people call a document, by its id; the id itself when it is none of ours. */
export function nameOfDocument(id: string): string {
  const parsed = parseDocumentId(id);
  return parsed.ok ? describeDocument(parsed.value.key) : id;
}
