import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser, type BrowserContext } from 'playwright';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const ARGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--remote-debugging-port=0',
];

/** The path of a Chromium: one on PATH, else playwright's own, else one installed now. Throws one sentence when there is none. */
export function findBrowser(): string {
  const found = onPath() ?? playwrightsOwn();
  if (found !== undefined) return found;
  const failure = install();
  const installed = onPath() ?? playwrightsOwn();
  if (installed !== undefined) return installed;
  throw new Error(
    `The browser tests need Chromium and could not install it; install Debian's chromium or run "npx playwright install chromium" (${failure ?? 'it is still not there'}).`,
  );
}

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) =>
    existsSync(path),
  );
}

function playwrightsOwn(): string | undefined {
  const path = chromium.executablePath();
  return path !== '' && existsSync(path) ? path : undefined;
}

/** Installs a browser; gives the reason in words when it did not work. */
function install(): string | undefined {
  const commands =
    process.getuid?.() === 0
      ? [
          ['apt-get', 'update'],
          ['apt-get', 'install', '-y', 'chromium'],
        ]
      : [['npx', 'playwright', 'install', 'chromium']];
  try {
    for (const [command = '', ...args] of commands) execFileSync(command, args, { stdio: 'pipe' });
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  }
}

/** A Chromium of a test's own, driven by playwright. */
export type TestBrowser = {
  /** The context of the profile on disk. */
  readonly context: BrowserContext;
  readonly browser: Browser;
  /** Ends the browser politely. */
  readonly close: () => Promise<void>;
  /** Ends every process of it at once, as a power cut would; what was not on the disk is lost. */
  readonly kill: () => Promise<void>;
};

/** Starts Chromium on a profile folder that outlives it; `flags` are further ones of its own. */
export async function launchBrowser(profile: string, flags: readonly string[] = []): Promise<TestBrowser> {
  // A process group of its own, so that killing it leaves nothing behind and touches nothing else.
  const child = spawn(findBrowser(), [...ARGS, ...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const endpoint = await debuggingEndpoint(child);
  const browser = await chromium.connectOverCDP(endpoint);
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('the browser came up without its default context');
  let isKilled = false;
  const kill = async () => {
    // Once: afterwards its number may be another's.
    if (!isKilled) killGroup(child);
    isKilled = true;
    await ended;
  };
  const close = async () => {
    const session = await browser.newBrowserCDPSession();
    await session.send('Browser.close');
    await ended;
    killGroup(child);
  };
  return { browser, context, kill, close };
}

/** Runs `use` with a browser on a fresh profile and removes both. */
export async function withBrowser<Value>(use: (browser: TestBrowser) => Promise<Value>): Promise<Value> {
  const profile = await mkdtemp(join(tmpdir(), 'tillmesh-browser-'));
  const browser = await launchBrowser(profile);
  try {
    return await use(browser);
  } finally {
    await browser.kill();
    await removeProfile(profile);
  }
}

/** Removes a profile, also while the last of a killed browser's processes still let go of it. */
export function removeProfile(profile: string): Promise<void> {
  return rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch (cause) {
    // The group is gone already.
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')) throw cause;
  }
}

function debuggingEndpoint(child: ChildProcess): Promise<string> {
  const { stderr } = child;
  if (stderr === null) throw new Error('the browser was started without stderr');
  return new Promise((resolve, reject) => {
    let said = '';
    createInterface({ input: stderr }).on('line', (line) => {
      said += `${line}\n`;
      const [, url] = /DevTools listening on (ws:\S+)/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the browser ended with ${code}: ${said.slice(-2_000)}`)));
  });
}
