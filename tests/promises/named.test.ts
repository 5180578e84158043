import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Public accounts of sales that other systems lost or made twice, by repository and thread; each is the name of a test. */
const ACCOUNTS = [
  'odoo#288974',
  'odoo#125037',
  'odoo#284790',
  'odoo#60939',
  'odoo#203431',
  'odoo#261096',
  'odoo#16781',
  'odoo#71455',
  'odoo#152259',
  'odoo#40567',
  'odoo#272539',
  'odoo#182092',
  'odoo#287667',
  'odoo#14214',
  'odoo#16151',
  'odoo#20980',
  'odoo#31548',
  'odoo#288899',
  'erpnext#11000',
  'erpnext#43855',
  'erpnext#57157',
  'erpnext#50787',
  'posa#310',
  'posa#135',
  'posnext#48',
  'OCA/l10n-spain#4921',
] as const;

test('each of the 26 accounts names exactly one test', () => {
  const folder = join(import.meta.dirname, '..');
  const titles = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && !path.endsWith('named.test.ts'))
    .flatMap((path) => [
      ...readFileSync(join(folder, path), 'utf8').matchAll(/\b(?:test|it)\(\s*(['"`])(.*?)\1/gs),
    ])
    .map(([, , title = '']) => title);
  const named = ACCOUNTS.map((account) => {
    const at = new RegExp(`(?<![\\w/])${account}(?!\\d)`);
    return [account, titles.filter((title) => at.test(title)).length];
  });
  expect(named).toStrictEqual(ACCOUNTS.map((account) => [account, 1]));
});
