import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = new URL('..', import.meta.url).pathname;
const SERVICES = ['sync-relay', 'reports-indexer', 'hardware-bridge'] as const;
const OURS = ['model', 'app', ...SERVICES, 'tests'] as const;

/** Packages that compute and nothing else, so that the model may use them. */
const PURE_PACKAGES = ['valibot', 'decimal.js', '@noble/hashes', 'bs58check', 'cbor-x'];

/** The only service worker's file may be called so; no other name may end in `service`. */
const ALLOWED_NAMES = ['app/service-worker.ts'];

const MOST_LINES = 400;

/** What is generated or installed; the benchmark installs what Tillmesh is measured beside in a folder of its own. */
const MADE_ELSEWHERE = /^lib\/paraglide\/|(?:^|\/)node_modules\//;

type Source = { readonly path: string; readonly text: string };
/** A rule of the architecture: sentences about what breaks it, none when all is well. */
type Check = (source: Source) => string[];

function sources(): Source[] {
  return OURS.filter((folder) => existsSync(join(ROOT, folder))).flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(?:ts|svelte)$/.test(path) && !MADE_ELSEWHERE.test(path))
      .map((path) => ({ path: join(folder, path), text: readFileSync(join(ROOT, folder, path), 'utf8') })),
  );
}

/** A text with comments blanked out and line breaks kept, strings left alone. */
function withoutComments(text: string): string {
  const tokens =
    /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|\/\/[^\n]*/g;
  return text.replace(tokens, (token) =>
    /^(?:\/\*|\/\/|<!--)/.test(token) ? token.replace(/[^\n]/g, ' ') : token,
  );
}

/** A text with comments and the contents of strings blanked out: what is left is code. */
function codeOnly(text: string): string {
  return withoutComments(text).replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
}

/** Every module a source names: imports, re-exports, dynamic imports, `new URL(…, import.meta.url)` workers. */
function importsOf({ text }: Source): string[] {
  const code = withoutComments(text);
  const statements = [
    /\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g,
    /\bimport\s*['"]([^'"]+)['"]/g,
    /\bimport\s*\(\s*['"`]([^'"`]+)['"`]/g,
    /\bnew URL\(\s*['"]([^'"]+)['"]\s*,\s*import\.meta\.url/g,
  ];
  return statements.flatMap((statement) => [...code.matchAll(statement)].map(([, name = '']) => name));
}

/** Where an import leads: a folder of ours, `node`, or a package by name. */
function targetOf(source: Source, name: string): string {
  if (name.startsWith('#model/')) return 'model';
  if (name.startsWith('$lib') || name.startsWith('$app') || name.startsWith('$service-worker')) return 'app';
  if (name.startsWith('node:')) return 'node';
  if (!name.startsWith('.'))
    return name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/');
  return normalize(join(dirname(source.path), name)).split('/')[0] ?? '';
}

const areaOf = (source: Source): string => source.path.split('/')[0] ?? '';
const inFolder = (source: Source, folder: string): boolean => source.path.startsWith(`${folder}/`);

function forbiddenImports(source: Source, isForbidden: (target: string, name: string) => boolean): string[] {
  return importsOf(source)
    .filter((name) => isForbidden(targetOf(source, name), name))
    .map((name) => `${source.path} imports ${name}`);
}

function forbiddenWords(source: Source, words: readonly [RegExp, string][]): string[] {
  const code = codeOnly(source.text);
  return words.filter(([word]) => word.test(code)).map(([, name]) => `${source.path} uses ${name}`);
}

/** A document is also a thing of ours; it is the browser's when it is asked for what only the browser's has. */
const BROWSER_DOCUMENT =
  /(?<![.\w$])document\.(?:querySelector|getElement|create|addEventListener|removeEventListener|body|head|cookie|title|documentElement|visibilityState|hidden|activeElement|defaultView|fonts)/;

const DOM_GLOBALS: readonly [RegExp, string][] = [
  [BROWSER_DOCUMENT, 'document'],
  ...['window', 'localStorage', 'sessionStorage', 'navigator', 'location'].map((name): [RegExp, string] => [
    new RegExp(`(?<![.\\w$])${name}\\b(?=\\s*[.[(])`),
    name,
  ]),
];

const modelImports: Check = (source) =>
  areaOf(source) === 'model'
    ? forbiddenImports(source, (target) => target !== 'model' && !PURE_PACKAGES.includes(target))
    : [];

const modelIsPure: Check = (source) =>
  areaOf(source) === 'model'
    ? forbiddenWords(source, [
        ...DOM_GLOBALS,
        [/\bDate\.now\b/, 'Date.now'],
        [/\bnew Date\(\s*\)|(?<!new )\bDate\(\s*\)/, 'the present time'],
        [/\bperformance\./, 'performance'],
        [/\bMath\.random\b/, 'Math.random'],
        [/\bcrypto\.|\bgetRandomValues\b|\brandomUUID\b/, 'randomness'],
        [/\bconsole\./, 'console'],
        [/\bprocess\.|\bglobalThis\b|\bfetch\(|\bset(?:Timeout|Interval)\(/, 'the surroundings'],
      ])
    : [];

const appImports: Check = (source) =>
  areaOf(source) === 'app'
    ? forbiddenImports(
        source,
        (target) => target === 'tests' || SERVICES.some((service) => service === target),
      )
    : [];

const appKnowsAutomergeInOnePlace: Check = (source) =>
  areaOf(source) === 'app' && !inFolder(source, 'app/lib/repo')
    ? forbiddenImports(source, (target) => target.startsWith('@automerge/'))
    : [];

const serviceImports: Check = (source) =>
  SERVICES.some((service) => service === areaOf(source))
    ? forbiddenImports(
        source,
        (target) =>
          OURS.some((folder) => folder === target) && target !== 'model' && target !== areaOf(source),
      )
    : [];

const servicesHaveNoBrowser: Check = (source) =>
  SERVICES.some((service) => service === areaOf(source)) || inFolder(source, 'app/server')
    ? forbiddenWords(
        source,
        DOM_GLOBALS.filter(([, name]) => name !== 'location' && name !== 'navigator'),
      )
    : [];

const VERIFIER = 'app/server/verify-journal';

/** Whoever doubts the programs must be able to check a journal without them. */
const verifierStandsAlone: Check = (source) =>
  inFolder(source, VERIFIER)
    ? importsOf(source)
        .filter((name) => !name.startsWith('node:'))
        .filter(
          (name) => !name.startsWith('.') || !join(dirname(source.path), name).startsWith(`${VERIFIER}/`),
        )
        .map((name) => `${source.path} imports ${name}`)
    : [];

const noBarrels: Check = (source) => {
  const rest = withoutComments(source.text)
    .replace(/\bexport\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*['"][^'"]+['"];?/g, '')
    .trim();
  const exportsOnly = rest === '' && /\bexport\b/.test(withoutComments(source.text));
  return exportsOnly ? [`${source.path} only passes on what others export`] : [];
};

const nounNames: Check = ({ path }) => {
  const name = basename(path).replace(/\.(?:svelte\.)?(?:test\.)?(?:d\.)?(?:ts|svelte)$/, '');
  const vague = /util|helper|manager|(?:^|-)service$/i.test(name);
  return vague && !ALLOWED_NAMES.includes(path) ? [`${path} is named for no thing`] : [];
};

const notTooLong: Check = ({ path, text }) => {
  const lines = text.trimEnd().split('\n').length;
  return lines > MOST_LINES ? [`${path} has ${lines} lines, ${MOST_LINES} at most`] : [];
};

/** Every export of the model says what it is, right above it. `export type { … } from` passes on what is documented. */
const modelIsDocumented: Check = (source) => {
  if (areaOf(source) !== 'model') return [];
  const lines = source.text.split('\n');
  return lines.flatMap((line, i) => {
    const [, name] =
      /^export (?:declare |async |abstract )*(?:const|function|type|interface|class) (\w+)/.exec(line) ?? [];
    return name === undefined || (lines[i - 1] ?? '').trimEnd().endsWith('*/')
      ? []
      : [`${source.path}: ${name}`];
  });
};

const modelSample = (text: string, path = 'model/tax/tax.ts'): Source => ({ path, text });

/** Each rule with samples that break it, so that a rule that finds nothing is known to look. */
const CHECKS: readonly (readonly [string, Check, readonly Source[], readonly Source[]])[] = [
  [
    'the model imports itself and pure packages only',
    modelImports,
    [
      modelSample(`import { readFileSync } from 'node:fs';`),
      modelSample(`import * as A from "@automerge/automerge";`),
      modelSample(`export { x } from '../../app/lib/x.ts';`),
      modelSample(`const x = await import('pino');`),
      modelSample(`import '../../sync-relay/main.ts';`),
      modelSample(`import {\n  a,\n  b,\n} from 'fastify';`),
    ],
    [modelSample(`import * as v from 'valibot';\nimport { ok } from '../result.ts';\n// import 'pino'`)],
  ],
  [
    'the model has no clock, no chance, no console and no surroundings',
    modelIsPure,
    [
      modelSample('const t = Date.now();'),
      modelSample('const t = new Date();'),
      modelSample('const t = Date();'),
      modelSample('const r = Math.random();'),
      modelSample('console.log(1);'),
      modelSample(`document.querySelector('a');`),
      modelSample('if (window.x) y();'),
      modelSample(`localStorage['a'] = 1;`),
      modelSample('navigator.language;'),
      modelSample('const id = crypto.randomUUID();'),
      modelSample('globalThis.x = 1;'),
    ],
    [
      modelSample(
        `// Date.now()\nconst document = 'window.x'; new Date(text); entry.document.id; type Window = 1;`,
      ),
    ],
  ],
  [
    'the app imports neither services nor tests',
    appImports,
    [
      { path: 'app/server/main.ts', text: `import { relay } from '../../sync-relay/relay.ts';` },
      {
        path: 'app/routes/+page.svelte',
        text: `<script>import x from '../../tests/support/shop.ts';</script>`,
      },
      {
        path: 'app/lib/a.ts',
        text: `const url = new URL('../../hardware-bridge/main.ts', import.meta.url);`,
      },
    ],
    [{ path: 'app/lib/a.ts', text: `import { ok } from '#model/result.ts'; import b from './repo/b.ts';` }],
  ],
  [
    'only app/lib/repo knows Automerge',
    appKnowsAutomergeInOnePlace,
    [
      { path: 'app/lib/till/a.ts', text: `import { Repo } from '@automerge/automerge-repo/slim';` },
      {
        path: 'app/routes/+page.svelte',
        text: `<script>import type { Doc } from '@automerge/automerge';</script>`,
      },
    ],
    [{ path: 'app/lib/repo/worker.ts', text: `import { Repo } from '@automerge/automerge-repo/slim';` }],
  ],
  [
    'services import the model and packages, not the app, the tests or each other',
    serviceImports,
    SERVICES.flatMap((service) => [
      { path: `${service}/main.ts`, text: `import x from '../app/server/x.ts';` },
      { path: `${service}/deep/main.ts`, text: `import x from '../../tests/x.ts';` },
      {
        path: `${service}/main.ts`,
        text: `import x from '../${service === 'sync-relay' ? 'reports-indexer' : 'sync-relay'}/x.ts';`,
      },
    ]),
    [
      {
        path: 'sync-relay/main.ts',
        text: `import p from 'pino'; import { ok } from '#model/result.ts'; import './relay.ts';`,
      },
    ],
  ],
  [
    'what runs on Node does not reach for a browser',
    servicesHaveNoBrowser,
    [
      { path: 'sync-relay/a.ts', text: 'window.setTimeout(x, 1);' },
      { path: 'hardware-bridge/a.ts', text: `localStorage.getItem('a');` },
      { path: 'app/server/a.ts', text: 'document.title;' },
    ],
    [
      {
        path: 'sync-relay/a.ts',
        text: 'const document = open(id); document.close(); relay.document.heads; documents.get(1);',
      },
    ],
  ],
  [
    'the verifier of journals imports Node and itself only',
    verifierStandsAlone,
    [
      `import { sha256Text } from '#model/journal/canonical.ts';`,
      `import type { JournalRecord } from '../../../model/journal/record.ts';`,
      `import { readOptions } from '../export-journal/options.ts';`,
      `import * as v from 'valibot';`,
      `export { x } from './../origin.ts';`,
      `const x = await import('../station.ts');`,
    ].map((text) => ({ path: `${VERIFIER}/main.ts`, text })),
    [
      {
        path: `${VERIFIER}/main.ts`,
        text: `import { verify } from 'node:crypto'; import { linesOf } from './lines.ts';`,
      },
      { path: 'app/server/export-journal/main.ts', text: `import * as v from 'valibot';` },
    ],
  ],
  [
    'there are no barrels',
    noBarrels,
    [
      { path: 'app/lib/index.ts', text: `export * from './a.ts';\nexport { b } from './b.ts';` },
      { path: 'model/all.ts', text: `/** All. */\nexport type { A } from './a.ts';` },
    ],
    [{ path: 'model/a.ts', text: `export { a } from './a.ts';\nexport const b = 1;` }],
  ],
  [
    'files are named for the noun they hold',
    nounNames,
    [
      'utils.ts',
      'tax-helpers.ts',
      'print-service.ts',
      'SaleManager.svelte',
      'service.ts',
      'utility.test.ts',
    ].map((name) => ({
      path: `app/lib/${name}`,
      text: '',
    })),
    ['app/service-worker.ts', 'app/lib/services-list.ts', 'model/tax/tax.ts'].map((path) => ({
      path,
      text: '',
    })),
  ],
  [
    `no file is longer than ${MOST_LINES} lines`,
    notTooLong,
    [{ path: 'a.ts', text: 'x\n'.repeat(MOST_LINES + 1) }],
    [{ path: 'a.ts', text: 'x\n'.repeat(MOST_LINES) }],
  ],
  [
    'every export of the model is documented',
    modelIsDocumented,
    [
      modelSample('export const a = 1;'),
      modelSample('/** One. */\nexport const a = 1;\nexport type B = 1;'),
      modelSample('// not a doc comment\nexport function f(): void {}'),
      modelSample('/** Too far. */\n\nexport async function f(): Promise<void> {}'),
    ],
    [modelSample('/** One. */\nexport const a = 1;\n/**\n * Two.\n */\nexport class B {}\nconst own = 1;')],
  ],
];

describe('the architecture', () => {
  const all = sources();

  test('finds the sources it is to judge', () => {
    const areas = new Set(all.map(areaOf));
    expect([...OURS].filter((folder) => existsSync(join(ROOT, folder)) && !areas.has(folder))).toStrictEqual(
      [],
    );
    expect(all.length).toBeGreaterThan(50);
  });

  test.each(CHECKS)('%s', (_, check) => {
    expect(all.flatMap(check)).toStrictEqual([]);
  });

  test.each(CHECKS)('would notice a breach of: %s', (_, check, bad, good) => {
    expect(bad.filter((sample) => check(sample).length === 0)).toStrictEqual([]);
    expect(good.flatMap(check)).toStrictEqual([]);
  });
});
