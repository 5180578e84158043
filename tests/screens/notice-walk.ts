import { masterEntry } from '#model/documents/catalog.ts';
import { documentId } from '#model/ids/document-id.ts';
import type { TillPage } from '../e2e/pages/till-page.ts';
import { ORGANIZATION, type TillOrigin } from '../e2e/till/till-origin.ts';
import { askForNewVersion, publishNewVersion } from '../support/new-version.ts';
import { lead, reached, touch, type Walk } from './screen.ts';
import { LANTERN, emptyBasket } from './till/tour.ts';

const CATALOG = { class: 'catalog', shard: 0 } as const;

/** A tender that head office adds: vouchers of the town, whose name stays in every language. */
export async function* voucherWalk(till: TillPage, origin: TillOrigin): Walk {
  const { page } = till;
  const value = { id: 'town', name: 'Town voucher', kind: 'voucher', order: 9 } as const;
  const { key, text } = masterEntry({ kind: 'tender', id: value.id, value });
  origin.write(CATALOG, { [key]: text });
  await till.addBySearch(LANTERN);
  await till.startPaying();
  await lead(page, 'voucher-payment', 'payment-amount');
  yield 'till-voucher';
  await touch(page, 'back-to-basket');
  await emptyBasket(till);
}

/** A paper of which the printer cannot say whether it came out. */
export async function* paperWalk(till: TillPage): Walk {
  const { page } = till;
  const jobs = '**/bridge/v1/jobs';
  await page.route(jobs, (route) => {
    const { jobId } = route.request().postDataJSON() as { jobId: string };
    return route.fulfill({ json: { jobId, state: 'unknown' } });
  });
  const answers = '**/bridge/v1/jobs/*';
  await page.route(answers, (route) => {
    const jobId = decodeURIComponent(new URL(route.request().url()).pathname.split('/')[4] ?? '');
    const isAnswered = route.request().method() === 'POST';
    return route.fulfill({ json: { jobId, state: isAnswered ? 'printed' : 'unknown' } });
  });
  await till.addBySearch(LANTERN);
  await till.sellForCash('10');
  await reached(page, 'paper-question');
  yield 'till-paper-doubt';
  const questions = page.getByTestId('paper-question');
  for (let left = await questions.count(); left > 0; left--) {
    await touch(page, 'paper-came-out');
    await questions.nth(left - 1).waitFor({ state: 'detached' });
  }
  await page.unroute(jobs);
  await page.unroute(answers);
  await till.newSale();
}

/** What this device wrote to the catalog was refused, and its copy put aside. */
export async function* healedWalk({ page }: TillPage, { relay }: TillOrigin): Walk {
  const refused = documentId({ organization: ORGANIZATION, key: CATALOG });
  relay.sendFrame((targetId) => ({
    type: 'tillmesh-refused',
    senderId: 'relay-double',
    targetId,
    documentId: refused,
  }));
  await reached(page, 'healed');
  yield 'till-healed';
  await touch(page, 'healed-hide');
  await page.getByTestId('healed').waitFor({ state: 'detached' });
}

/** A newer version of the app that is on the device and waits. */
export async function* newVersionWalk({ page }: TillPage, build: string): Walk {
  await publishNewVersion(build);
  await askForNewVersion(page);
  await reached(page, 'new-version');
  yield 'till-new-version';
}
