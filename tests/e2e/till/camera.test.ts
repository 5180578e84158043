import bwipjs from 'bwip-js/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser, type FreshBrowser } from '../../support/fresh-browser.ts';
import { PATIENCE } from '../../support/patience.ts';
import { TillPage } from '../pages/till-page.ts';
import { startTillOrigin } from './till-origin.ts';

/** A busy machine may take its time. */

let browser: FreshBrowser;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** Stands in for the camera: a stream of a canvas that shows a picture. Runs in the page. */
function showPicture(address: string): void {
  const picture = new Image();
  picture.src = address;
  navigator.mediaDevices.getUserMedia = async () => {
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 480;
    const context = canvas.getContext('2d');
    const draw = () => {
      if (!context) return;
      context.fillStyle = 'white';
      context.fillRect(0, 0, 640, 480);
      context.drawImage(picture, 120, 140);
      requestAnimationFrame(draw);
    };
    draw();
    return canvas.captureStream(10);
  };
}

describe('the camera as a scanner', { timeout: 120_000 }, () => {
  it.each([
    { code: '2000000015064', sku: '71053', total: '£3.39' },
    // The label of a counter scale: 450 g of the cheese.
    { code: '2112345004501', sku: 'demo-cheddar', total: '£5.40' },
  ])(
    '[B7] sells $sku by the code it sees, with a reader that comes with the app',
    async ({ code, sku, total }) => {
      const origin = await startTillOrigin();
      const page = await browser.newPage(origin.url);
      const png = await bwipjs.toBuffer({ bcid: 'ean13', text: code, scale: 3, height: 25 });
      await page.addInitScript(showPicture, `data:image/png;base64,${png.toString('base64')}`);
      const foreign: string[] = [];
      page.on('request', (request) => {
        if (/^https?:/.test(request.url()) && !request.url().startsWith(origin.url))
          foreign.push(request.url());
      });
      const till = new TillPage(page);
      await till.visit(origin.url);
      await till.signIn('ana', '1234');
      await till.openSession('100');
      await page.getByTestId('camera-button').click();
      await expect.poll(() => till.line(sku).count(), PATIENCE).toBe(1);
      await expect.poll(() => till.total.textContent(), PATIENCE).toBe(total);
      await expect.poll(() => page.getByTestId('camera-dialog').count(), PATIENCE).toBe(0);
      expect(foreign).toEqual([]);
      await page.close();
      await origin.close();
    },
  );
});
