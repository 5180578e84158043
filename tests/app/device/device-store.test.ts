import { createPublicKey, verify } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { Enrolment } from '#model/trust/invitation.ts';
import { siteBrowser } from '../repo/site-browser.ts';

const site = siteBrowser();

afterEach(async () => {
  const page = await tab();
  await page.evaluate(() => globalThis.testPage.devices.forget());
  await site.closeTabs();
});

const tab = () => site.tab();

/** What a test may see of a device; the key itself stays in the browser. */
type Seen = { readonly id: string; readonly publicKey: string; readonly enrolment?: Enrolment };

const made = async (page: Awaited<ReturnType<typeof tab>>): Promise<Seen> =>
  page.evaluate(async () => {
    const { id, publicKey, enrolment } = await globalThis.testPage.devices.make();
    return { id, publicKey, ...(enrolment === undefined ? {} : { enrolment }) };
  });

const enrolmentOf = ({ id, publicKey }: Seen): Enrolment =>
  ({
    organization: 'a1b2c3d4e5f6',
    device: {
      id,
      name: 'Till 1',
      role: 'terminal',
      store: 'S01',
      register: 'R1',
      key: publicKey,
      enrolledAt: '2026-03-01T08:00:00.000Z',
    },
    headOffice: { id: 'b0b1b2b3b4b5b6b7', key: publicKey },
  }) as Enrolment;

describe('the device of a browser', () => {
  test('[E1] is none before it is made, and the same in every tab and after a reload from then on', async () => {
    const page = await tab();
    expect(await page.evaluate(() => globalThis.testPage.devices.read())).toBeUndefined();
    const device = await made(page);
    expect(device.id).toMatch(/^[0-9a-f]{16}$/);
    expect(await made(await tab())).toEqual(device);
    await page.reload();
    await page.waitForFunction(() => 'testPage' in globalThis);
    expect(await made(page)).toEqual(device);
  });

  test('[E1] signs with its key after a reload, and gives the key to nobody', async () => {
    const page = await tab();
    const { publicKey } = await made(page);
    await page.reload();
    await page.waitForFunction(() => 'testPage' in globalThis);
    const { signature, exported } = await page.evaluate(async () => {
      const { devices, deviceKeyOf } = globalThis.testPage;
      const device = await devices.make();
      const told = crypto.subtle.exportKey('pkcs8', device.privateKey).then(
        () => 'exported',
        () => 'refused',
      );
      return { signature: await deviceKeyOf(device).sign('Käse'), exported: await told };
    });
    const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: publicKey } });
    expect(verify(null, Buffer.from('Käse'), key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(exported).toBe('refused');
  });

  test('[E1] is one, also when many tabs make it at the same moment', async () => {
    const pages = await Promise.all(Array.from({ length: 4 }, tab));
    const devices = await Promise.all(pages.flatMap((page) => [made(page), made(page)]));
    expect(new Set(devices.map(({ id }) => id)).size).toBe(1);
    expect(new Set(devices.map(({ publicKey }) => publicKey)).size).toBe(1);
  });

  test('[E8] remembers that it has joined, and refuses what another device got', async () => {
    const page = await tab();
    const device = await made(page);
    const enrolment = enrolmentOf(device);
    const save = (given: Enrolment) =>
      page.evaluate(
        (one) =>
          globalThis.testPage.devices.saveEnrolment(one).then(
            () => 'saved',
            (cause: unknown) => String(cause),
          ),
        given,
      );
    expect(await save(enrolmentOf({ ...device, id: '00000000000000ff' }))).toContain(
      'the enrolment is of device 00000000000000ff',
    );
    expect(await made(page)).toEqual(device);
    expect(await save(enrolment)).toBe('saved');
    expect(await made(await tab())).toEqual({ ...device, enrolment });
  });

  test('is another one, not joined, after it was forgotten', async () => {
    const page = await tab();
    const device = await made(page);
    await page.evaluate(() => globalThis.testPage.devices.forget());
    const next = await made(page);
    expect(next.id).not.toBe(device.id);
    expect(next.publicKey).not.toBe(device.publicKey);
  });

  test('asks for strict durability, and says so in a sentence when what is kept is damaged', async () => {
    const page = await tab();
    const asked = await page.evaluate(async () => {
      const durabilities: string[] = [];
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = function notedPut(...args: Parameters<typeof put>) {
        durabilities.push(this.transaction.durability);
        return put.apply(this, [{ id: 'nonsense' }, ...args.slice(1)] as Parameters<typeof put>);
      };
      await globalThis.testPage.devices.make();
      IDBObjectStore.prototype.put = put;
      return durabilities;
    });
    expect(asked).toEqual(['strict']);
    const told = await page.evaluate(() =>
      globalThis.testPage.devices.read().catch((cause: unknown) => String(cause)),
    );
    expect(told).toContain('is damaged (a device id has 16 hex digits)');
  });
});
