import type { Page } from 'playwright';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TillPage } from '../pages/till-page.ts';
import { eachWithOwnTill } from './own-till.ts';
import { recordsAt, type TillOrigin } from './till-origin.ts';

const own = eachWithOwnTill({ person: 'mia' });
let origin: TillOrigin;
let page: Page;
let till: TillPage;
beforeEach(() => {
  ({ origin, page, till } = own);
});

const kindsAtRelay = () => recordsAt(origin).map(({ kind }) => kind);

async function enterTraining(): Promise<void> {
  await till.menu('training');
  await page.getByTestId('begin-training').click();
  await page.getByTestId('training-banner').waitFor();
}

describe('training at the till', () => {
  it('[V1] looks like nothing else, sells under numbers of its own, and uses none of the series', async () => {
    await enterTraining();
    await till.openSession('50');
    await till.addBySearch('71053');
    expect(await till.sellForCash('5')).toBe('T-000001');
    expect(await till.receipt.textContent()).toContain('*** TRAINING ***');
    expect(await till.receipt.textContent()).not.toContain('S01-R1-0');
    expect(await page.getByTestId('training-banner').isVisible()).toBe(true);
    await page.getByTestId('leave-training').click();
    await page.getByTestId('training-banner').waitFor({ state: 'detached' });
    await expect.poll(kindsAtRelay).toEqual(['opened', 'training', 'training']);
    await till.addBySearch('71053');
    expect(await till.sellForCash('5')).toBe('S01-R1-000001');
  });

  it('[V1] is over after a reload', async () => {
    await enterTraining();
    await page.reload();
    await till.search.waitFor();
    expect(await page.getByTestId('training-banner').count()).toBe(0);
    expect(await till.lines.count()).toBe(0);
  });
});
