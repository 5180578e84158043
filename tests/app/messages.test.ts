import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type AST } from 'svelte/compiler';
import { describe, expect, test } from 'vitest';

const APP = new URL('../../app', import.meta.url).pathname;
const LANGUAGES = ['en', 'es'] as const;

/** A message as its file has it: a text, or the forms of one by number. */
type Message = string | readonly { readonly declarations: readonly string[]; readonly match: object }[];

/** Words that are the same in every language: names of the product and its languages, keys, signs between amounts. */
const SAME_EVERYWHERE = new Set(['Tillmesh', 'English', 'Español', 'PIN']);
/** Attributes that a person reads or hears. */
const READ_ALOUD = new Set(['aria-label', 'alt', 'title', 'placeholder', 'label', 'text', 'description']);

function messagesOf(language: (typeof LANGUAGES)[number]): ReadonlyMap<string, Message> {
  const file = JSON.parse(readFileSync(join(APP, 'messages', `${language}.json`), 'utf8')) as object;
  return new Map(Object.entries(file).filter(([key]) => !key.startsWith('$')));
}

/** Every text a message can become, its parameters and the numbers it tells apart. */
function textsOf(message: Message): readonly string[] {
  return typeof message === 'string'
    ? [message]
    : message.flatMap(({ match }) => Object.values(match) as readonly string[]);
}

/** The names of what is filled in, in the order of the alphabet. */
function parametersOf(message: Message): readonly string[] {
  const declared =
    typeof message === 'string'
      ? []
      : message.flatMap(({ declarations }) =>
          declarations.flatMap((declaration) => /^input (\w+)$/.exec(declaration)?.[1] ?? []),
        );
  const named = textsOf(message).flatMap((text) =>
    [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
  );
  return [...new Set([...declared, ...named])].toSorted();
}

type Source = { readonly path: string; readonly text: string };

function sources(): readonly Source[] {
  return readdirSync(APP, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:ts|svelte)$/.test(path) && !path.startsWith('lib/paraglide/'))
    .map((path) => ({ path, text: readFileSync(join(APP, path), 'utf8') }));
}

/** Whether a text has a word: three letters one after the other that no sign or unit is made of. */
function isWords(text: string): boolean {
  const rest = [...SAME_EVERYWHERE].reduce((left, word) => left.replaceAll(word, ''), text);
  return /\p{L}{3}/u.test(rest);
}

/** The texts a component says by itself, outside any message. */
function textsInMarkup({ path, text }: Source): string[] {
  const said: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === 'object' && node !== null) {
      const { type } = node as { type?: unknown };
      if (type === 'Text') said.push((node as AST.Text).data);
      if (type === 'Attribute') said.push(...textsInAttribute(node as AST.Attribute));
      else Object.values(node).forEach(visit);
    }
  };
  visit(parse(text, { modern: true }).fragment);
  return said.filter(isWords).map((words) => `${path}: ${words.trim()}`);
}

function textsInAttribute({ name, value }: AST.Attribute): readonly string[] {
  if (!READ_ALOUD.has(name) || !Array.isArray(value)) return [];
  return value.flatMap((part) => (part.type === 'Text' ? [part.data] : []));
}

describe('what people read', () => {
  const english = messagesOf('en');
  const spanish = messagesOf('es');

  test('is there in both languages, in the same order', () => {
    expect([...spanish.keys()]).toEqual([...english.keys()]);
    expect(english.size).toBeGreaterThan(500);
  });

  test('takes the same parameters in both languages', () => {
    const differing = [...english].flatMap(([key, message]) => {
      const [own, other] = [parametersOf(message), parametersOf(spanish.get(key) ?? '')];
      return own.join() === other.join()
        ? []
        : [`${key}: en takes {${own.join()}}, es takes {${other.join()}}`];
    });
    expect(differing).toEqual([]);
  });

  test('is never empty', () => {
    const empty = [...english, ...spanish].filter(([, message]) =>
      textsOf(message).some((text) => text.trim() === ''),
    );
    expect(empty).toEqual([]);
  });

  test('is all used: no message is left over, none is asked for that is not there', () => {
    const asked = new Set(
      sources().flatMap(({ text }) => [...text.matchAll(/\bm\.(\w+)/g)].map(([, key = '']) => key)),
    );
    expect([...english.keys()].filter((key) => !asked.has(key))).toEqual([]);
    expect([...asked].filter((key) => !english.has(key))).toEqual([]);
  });

  test('comes from the messages, never from the markup', () => {
    const components = sources().filter(({ path }) => path.endsWith('.svelte'));
    expect(components.flatMap(textsInMarkup)).toEqual([]);
  });

  test.each([
    ['<p>Sold out</p>', 1],
    ['<input placeholder="Type here" />', 1],
    ['<p>{amount} · £</p>', 0],
    ['<p class="font-semibold">Tillmesh</p>', 0],
  ])('the search for words in markup finds in %s %i', (text, count) => {
    expect(textsInMarkup({ path: 'Example.svelte', text })).toHaveLength(count);
  });
});
