import { BARCODE_GROUPS } from './barcode-vectors.ts';
import { isObject, type JsonObject, type Vector } from './vector.ts';

/** An entry of a file: an example, or a sentence saying why it is none. */
export type FileEntry = Vector | { readonly id: string; readonly category: string; readonly fault: string };

/** Members of a file that hold remarks and sources. */
const ASIDE = /^(?:_|meta$|about$|source|note$|version$)/;

/** Reads the examples of a file: a list of `vectors`, or groups of barcodes by name. Never throws on what a file holds. */
export function readVectorFile(name: string, text: string): FileEntry[] {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return [fault(name, `${name} is no JSON: ${cause.message}.`)];
  }
  const vectors = Array.isArray(file) ? file : isObject(file) ? file['vectors'] : undefined;
  if (Array.isArray(vectors)) return vectors.map((item, i) => readVector(item, `${name} #${i + 1}`));
  if (vectors !== undefined) return [fault(name, `${name}: "vectors" should be a list.`)];
  const entries = isObject(file)
    ? Object.entries(file).flatMap(([group, value]) => readGroup(group, value))
    : [];
  return entries.length > 0
    ? entries
    : [fault(name, `${name} holds neither vectors nor groups of barcodes.`)];
}

function fault(id: string, sentence: string, category = 'unreadable'): FileEntry {
  return { id, category, fault: sentence };
}

function readVector(item: unknown, place: string): FileEntry {
  if (!isObject(item)) return fault(place, 'It is no object.');
  const { id, category, title, inputs, expected } = item;
  const name = typeof id === 'string' && id !== '' ? id : place;
  const kind = typeof category === 'string' ? category : 'unreadable';
  if (name === place) return fault(place, 'It has no id.', kind);
  if (kind === 'unreadable') return fault(name, 'It has no category.');
  if (!isObject(inputs)) return fault(name, 'Its inputs are no object.', kind);
  if (!isObject(expected)) return fault(name, 'What is expected is no object.', kind);
  return { id: name, category: kind, title: typeof title === 'string' ? title : '', inputs, expected };
}

/** A group of barcode examples; some groups hold groups, one is a table of lengths. */
function readGroup(name: string, value: unknown, path = name): FileEntry[] {
  if (ASIDE.test(name)) return [];
  if (name === 'gs1PredefinedLength' && isObject(value)) return readLengths(value);
  if (isObject(value) && (name === 'restrictedCirculation' || name === 'keyboardWedge')) {
    return Object.entries(value)
      .filter(([group]) => group !== 'rule')
      .flatMap(([group, items]) =>
        readGroup(group === 'invalid' ? 'invalidByRegion' : group, items, `${path}.${group}`),
      );
  }
  const group = Object.hasOwn(BARCODE_GROUPS, name) ? BARCODE_GROUPS[name] : undefined;
  if (!group || !Array.isArray(value)) return [fault(path, `No rule is known for a group "${path}".`, path)];
  return value.map((item, i) => readBarcode(item, `${path}[${i}]`, name, group.outputs));
}

function readBarcode(item: unknown, id: string, group: string, outputs: readonly string[]): FileEntry {
  if (!isObject(item)) return fault(id, 'It is no object.', group);
  const expected: Record<string, unknown> = group === 'invalid' ? { valid: false } : {};
  for (const name of outputs) if (name in item) expected[name] = item[name];
  const title = String(item['note'] ?? item['name'] ?? item['input'] ?? item['scan'] ?? item['type'] ?? '');
  return { id, category: group, title, inputs: item, expected };
}

function readLengths(table: JsonObject): FileEntry[] {
  return Object.entries(table)
    .filter(([prefix]) => /^\d+$/.test(prefix))
    .map(([prefix, length]) => ({
      id: `gs1PredefinedLength.${prefix}`,
      category: 'gs1PredefinedLength',
      title: `length of (${prefix})`,
      inputs: { prefix },
      expected: { length },
    }));
}
