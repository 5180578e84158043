import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const PROGRAM_FOLDERS = ['model', 'app', 'sync-relay', 'reports-indexer', 'hardware-bridge'];

/** Source texts by path. */
function sources(folders: readonly string[], ending: RegExp): Map<string, string> {
  const texts = new Map<string, string>();
  for (const folder of folders.filter((name) => existsSync(join(ROOT, name)))) {
    for (const path of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (ending.test(path) && !path.includes('paraglide')) {
        texts.set(join(folder, path), readFileSync(join(ROOT, folder, path), 'utf8'));
      }
    }
  }
  return texts;
}

/** Rules with the text of each: `- **M1** …` up to the next rule, heading or blank line. */
function rulesOf(spec: string): Map<string, string> {
  const rules = new Map<string, string>();
  for (const [, id = '', text = ''] of spec.matchAll(
    /^- \*\*([A-Z]\d+)\*\* ([\s\S]*?)(?=\n\n|\n- \*\*|$(?![\s\S]))/gm,
  )) {
    if (rules.has(id)) throw new Error(`${id} is there twice`);
    rules.set(id, text.replaceAll(/\s+/g, ' '));
  }
  return rules;
}

/** Rules that code cites: `rule M1`, `rules J3 to J5`, `rules L1, Y2, N2`; a range counts with all its rules. */
function citedInCode(text: string): string[] {
  return [...text.matchAll(/\brules? ([A-Z]\d+(?:(?:,? (?:and|to|or) |, )[A-Z]\d+)*)/g)].flatMap(
    ([, list = '']) =>
      list.split(/, | and | or /).flatMap((item) => {
        const [, letter = '', from = '', to = from] = /([A-Z])(\d+)(?: to [A-Z](\d+))?/.exec(item) ?? [];
        return Array.from(
          { length: Number(to) - Number(from) + 1 },
          (_, i) => `${letter}${Number(from) + i}`,
        );
      }),
  );
}

/** Rules that test titles cite: `[M1]`, `[M1, M2]`, several one after another. */
function citedInTests(text: string): string[] {
  const titles = text.matchAll(/['"`]((?:\[[A-Z]\d+(?:, ?[A-Z]\d+)*\] ?)+)/g);
  return [...titles].flatMap(([, list = '']) => list.match(/[A-Z]\d+/g) ?? []);
}

const shownBy = (text: string): string[] =>
  [...text.matchAll(/Shown by `([^`]+)`/g)].map(([, path = '']) => path);

const spec = readFileSync(join(ROOT, 'model/SPEC.md'), 'utf8');
const rules = rulesOf(spec);
const code = sources(PROGRAM_FOLDERS, /\.(?:ts|svelte)$/);
const tests = sources(['tests'], /\.test\.ts$/);

describe('the specification', () => {
  test('every rule cited in code exists', () => {
    const unknown = [...code].flatMap(([path, text]) =>
      citedInCode(text)
        .filter((id) => !rules.has(id))
        .map((id) => `${path} cites ${id}`),
    );
    expect(unknown).toStrictEqual([]);
  });

  test('every rule cited in a test title exists', () => {
    const unknown = [...tests].flatMap(([path, text]) =>
      citedInTests(text)
        .filter((id) => !rules.has(id))
        .map((id) => `${path} cites ${id}`),
    );
    expect(unknown).toStrictEqual([]);
  });

  test('every rule is shown by a test title, or names the tests that show it', () => {
    const cited = new Set([...tests.values()].flatMap(citedInTests));
    expect(
      [...rules].filter(([id, text]) => !cited.has(id) && shownBy(text).length === 0).map(([id]) => id),
    ).toStrictEqual([]);
    const missing = [...rules.values()].flatMap(shownBy).filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toStrictEqual([]);
  });

  test('rules are numbered without gaps within their letter', () => {
    const byLetter = Map.groupBy([...rules.keys()], (id) => id.charAt(0));
    for (const [letter, ids] of byLetter) expect(ids).toStrictEqual(ids.map((_, i) => `${letter}${i + 1}`));
    expect(rules.size).toBe([...spec.matchAll(/^- \*\*[A-Z]\d+\*\*/gm)].length);
  });

  test('the reading of citations finds what it should', () => {
    expect(
      citedInCode('(rules J3 to J5) rule M1, rules L1, Y2, N2; rules M1 and T2. the rules of R'),
    ).toStrictEqual(['J3', 'J4', 'J5', 'M1', 'L1', 'Y2', 'N2', 'M1', 'T2']);
    expect(citedInTests("test('[M1] [M2] a', () => list[B1]); test(`[P2, P3] b`)")).toStrictEqual([
      'M1',
      'M2',
      'P2',
      'P3',
    ]);
    expect([...rulesOf('- **A1** one\n  more\n- **A2** two. (Shown by `tests/x`.)\n\ntext')]).toStrictEqual([
      ['A1', 'one more'],
      ['A2', 'two. (Shown by `tests/x`.)'],
    ]);
    expect(shownBy('x (Shown by `tests/x`.)')).toStrictEqual(['tests/x']);
  });
});
