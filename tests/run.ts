import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findBrowser } from './support/browser.ts';

/**
 * The whole test run: messages, types, lint, format, build, then every test. Ends with `N passed, N failed` for all of
 * it, each step before the tests counting as one.
 *
 *   npm test                    everything
 *   npm test -- tests/relay     the steps, then the tests of one folder
 *   npm run check               the steps without the tests
 */
const project = resolve(import.meta.dirname, '..');
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const onlyChecks = process.argv.includes('--only') && process.argv.includes('check');

/** A step before the tests: a program of node_modules with its arguments. */
type Step = { readonly name: string; readonly program: string; readonly args: readonly string[] };

const STEPS: readonly Step[] = [
  {
    name: 'messages',
    program: '@inlang/paraglide-js/bin/run.js',
    args: [
      'compile',
      '--project',
      'app/project.inlang',
      '--outdir',
      'app/lib/paraglide',
      '--emit-ts-declarations',
    ],
  },
  { name: 'routes', program: '@sveltejs/kit/svelte-kit.js', args: ['sync'] },
  {
    name: 'types',
    program: 'svelte-check/bin/svelte-check',
    args: ['--fail-on-warnings', '--output', 'human'],
  },
  { name: 'lint', program: 'oxlint/bin/oxlint', args: ['--deny-warnings'] },
  { name: 'format', program: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'build', program: 'vite/bin/vite.js', args: ['build', '--logLevel', 'warn'] },
];

let passed = 0;
let failed = 0;

function runStep({ name, program, args }: Step): void {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(project, 'node_modules', program), ...args],
    {
      cwd: project,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (status === 0) passed += 1;
  else failed += 1;
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (status !== 0) console.log(`${stdout}\n${stderr}`);
}

function runTests(): void {
  const folder = mkdtempSync(join(tmpdir(), 'tillmesh-run-'));
  const report = join(folder, 'report.json');
  const { status } = spawnSync(
    process.execPath,
    [
      join(project, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filters,
    ],
    { cwd: project, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const counts = readCounts(report);
  rmSync(folder, { recursive: true });
  passed += counts.passed;
  // A run that ended badly without a failed test (a crash, an unhandled error, a file that does not load) has failed too.
  failed += status === 0 ? counts.failed : Math.max(counts.failed, 1);
}

function readCounts(report: string): { passed: number; failed: number } {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    ) as Record<string, number>;
    return { passed: numPassedTests ?? 0, failed: (numFailedTests ?? 0) || (numFailedTestSuites ?? 0) };
  } catch (cause) {
    console.log(`The test run left no report: ${String(cause)}`);
    return { passed: 0, failed: 1 };
  }
}

for (const step of STEPS) runStep(step);
if (!onlyChecks) {
  try {
    console.log(`browser: ${await findBrowser()}`);
    runTests();
  } catch (cause) {
    console.log(cause instanceof Error ? cause.message : String(cause));
    failed += 1;
  }
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
