import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BrowserContext, Page } from 'playwright';
import { launchBrowser } from '../support/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { TillPage } from '../e2e/pages/till-page.ts';
import { follow, type Walk } from '../screens/screen.ts';
import { officeWalk } from '../screens/office-walk.ts';
import { setUpWalk } from '../screens/set-up-walk.ts';
import { tillAloneWalk } from '../screens/till-alone-walk.ts';
import { tillWalk } from '../screens/till-walk.ts';

const USAGE = `Usage: npm run --silent screenshots -- DIR [options]

Walks the demo shop through every screen and writes a picture of each to DIR, named SCREEN_SIZE_LOOK_LANGUAGE.png.

  --only TEXT      screens whose name contains TEXT; the others are walked through without a picture
  --part PART      set-up, till, alone (what needs no shop around the till) or office (default all)
  --size WxH       one size (default ${'1024x768, 1366x768, 1920x1080, 820x1180, 390x844'})
  --look LOOK      light, dark, contrast or contrast-dark (default light and dark, the others for a few screens at one size)
  --language L     en or es (default both)
  --help           show this text
`;

const SIZES = ['1024x768', '1366x768', '1920x1080', '820x1180', '390x844'];
const LANGUAGES = ['en', 'es'] as const;
type Language = (typeof LANGUAGES)[number];
/** What the system asks for; the pages follow it. */
const LOOKS = {
  light: { colorScheme: 'light', contrast: 'no-preference' },
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  contrast: { colorScheme: 'light', contrast: 'more' },
  'contrast-dark': { colorScheme: 'dark', contrast: 'more' },
} as const;
type Look = keyof typeof LOOKS;
/** Screens that are shown in high contrast as well: each kind of thing once. */
const IN_CONTRAST = ['till-basket', 'till-pay', 'till-done', 'till-person', 'office-today', 'office-devices'];

const { positionals, values } = readArguments();
const folder = resolve(positionals[0] ?? '');
const temporary = await mkdtemp(join(tmpdir(), 'tillmesh-screenshots-'));
const written: string[] = [];
const failures: string[] = [];
const start = performance.now();
await mkdir(folder, { recursive: true });
const browser = await launchBrowser(join(temporary, 'browser'));
const shop = await startShop(join(temporary, 'data'), { hasSecondStore: true });
try {
  await Promise.all(LANGUAGES.filter(wanted('language')).map((language) => walkAll(shop, language)));
} finally {
  await browser.kill();
  await shop.stop();
  await rm(temporary, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
for (const path of written.toSorted()) process.stdout.write(`${path}\n`);
const seconds = ((performance.now() - start) / 1000).toFixed(0);
process.stdout.write(`${written.length} pictures in ${seconds} s\n`);
for (const failure of failures) process.stderr.write(`${failure}\n`);
process.exit(failures.length === 0 ? 0 : 1);

function readArguments() {
  try {
    const read = parseArgs({
      allowPositionals: true,
      options: {
        only: { type: 'string', default: '' },
        part: { type: 'string' },
        size: { type: 'string' },
        look: { type: 'string' },
        language: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (read.values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    if (read.positionals.length !== 1) throw new Error('Name one folder for the pictures.');
    return read;
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** Whether an option leaves a value in: one that was not given leaves in all. */
function wanted(option: 'part' | 'size' | 'look' | 'language') {
  const only = values[option];
  return (value: string) => only === undefined || only === value;
}

/** Each language has a till of its own, so that both can be walked through at once. */
async function walkAll({ tills, hq }: TestShop, language: Language): Promise<void> {
  const station = language === 'en' ? tills[0] : tills[1];
  const cashier = language === 'en' ? 'ana' : 'luis';
  const url = `http://localhost:${hq.spec.ports.app}`;
  const parts: readonly [string, (page: Page) => Walk][] = [
    ['set-up', setUpWalk],
    ['till', (page) => tillWalk({ shop, station, till: new TillPage(page), cashier })],
    ['alone', (page) => tillAloneWalk(page, cashier)],
    ['office', (page) => officeWalk({ url, page, language })],
  ];
  const locale = language === 'en' ? 'en-GB' : 'es-ES';
  // Head office shows what the tills sold, so they sell first, without pictures.
  const isNeeded = (part: string) => wanted('part')(part) || (values.part === 'office' && part === 'till');
  for (const [part, walk] of parts.filter(([name]) => isNeeded(name))) {
    const context = await browser.browser.newContext({ locale, reducedMotion: 'reduce' });
    await walkPart(context, `${part} (${language})`, walk, language);
    await context.close();
  }
}

async function walkPart(
  context: BrowserContext,
  part: string,
  walk: (page: Page) => Walk,
  language: Language,
): Promise<void> {
  const page = await context.newPage();
  await page.setViewportSize({ width: 1024, height: 768 });
  try {
    await follow(walk(page), async (screen) => {
      const isWanted = values.part === undefined || part.startsWith(values.part);
      if (isWanted && screen.includes(values.only)) await picture(page, screen, language);
    });
  } catch (cause) {
    failures.push(`${part}: ${cause instanceof Error ? cause.message : String(cause)}`);
    await page.screenshot({ path: join(folder, `FAILED-${part.replaceAll(/\W+/g, '-')}.png`) });
  }
}

/** Takes one screen in every size and look, and leaves the page as it was. */
async function picture(page: Page, screen: string, language: Language): Promise<void> {
  const before = page.viewportSize() ?? { width: 1024, height: 768 };
  for (const size of SIZES.filter(wanted('size'))) {
    const [width = 0, height = 0] = size.split('x').map(Number);
    await page.setViewportSize({ width, height });
    for (const look of looksOf(screen, size)) {
      await page.emulateMedia(LOOKS[look]);
      await painted(page);
      const path = join(folder, `${screen}_${size}_${look}_${language}.png`);
      await capture(page, path);
      written.push(path);
    }
  }
  await page.setViewportSize(before);
  await page.emulateMedia(LOOKS.light);
}

/** Waits until the page has drawn its new size and look. */
function painted(page: Page): Promise<void> {
  return page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );
}

/** Playwright's own pictures take three times as long, most of it to pack them. */
async function capture(page: Page, path: string): Promise<void> {
  // Beside another page of its window one that is not in front may never be drawn.
  await page.bringToFront();
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true });
  await writeFile(path, data, 'base64');
  await session.detach();
}

function looksOf(screen: string, size: string): readonly Look[] {
  const asked = values.look?.startsWith('contrast') ?? false;
  const hasContrast = asked || (IN_CONTRAST.includes(screen) && size === SIZES[0]);
  const looks: readonly Look[] = hasContrast
    ? ['light', 'dark', 'contrast', 'contrast-dark']
    : ['light', 'dark'];
  return looks.filter(wanted('look'));
}
