import { describe, expect, it, vi } from 'vitest';
import { httpBridge, listen } from './support/http-bridge.ts';
import { job, paper } from './support/papers.ts';
import { PATIENCE } from '../support/patience.ts';

const first = job(1);

describe('papers over HTTP', () => {
  it('[P2] are accepted with 202, known with 200, and refused with 409 when the id is taken', async () => {
    const { call, printer } = await httpBridge();
    expect(await call('POST', '/v1/jobs', first)).toMatchObject({
      status: 202,
      body: { jobId: first.jobId, device: 'front' },
    });
    await vi.waitFor(
      async () =>
        expect(await call('GET', `/v1/jobs/${first.jobId}`)).toMatchObject({ body: { state: 'printed' } }),
      PATIENCE,
    );
    expect(await call('POST', '/v1/jobs', first)).toMatchObject({ status: 200, body: { state: 'printed' } });
    const other = { ...first, paper: paper({ kind: 'rule' }) };
    expect(await call('POST', '/v1/jobs', other)).toMatchObject({ status: 409, body: { code: 'id-taken' } });
    expect(printer.papers()).toHaveLength(1);
  });

  it('[P2] come out once for 50 posts of one id at the same time', async () => {
    const { call, printer } = await httpBridge();
    const answers = await Promise.all(Array.from({ length: 50 }, () => call('POST', '/v1/jobs', first)));
    expect(answers.filter((answer) => answer.status === 202)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(49);
    await call('POST', '/v1/jobs', job(2));
    await vi.waitFor(() => expect(printer.papers()).toHaveLength(2), PATIENCE);
    expect(JSON.stringify(printer.papers()[1]?.lines)).toContain(job(2).jobId);
  });

  it('are listed by state', async () => {
    const { call, printer } = await httpBridge();
    await printer.setFaults({ paperOut: true });
    await call('POST', '/v1/jobs', first);
    await vi.waitFor(async () => {
      expect(await call('GET', '/v1/jobs?state=blocked')).toMatchObject({
        body: [{ jobId: first.jobId, cause: 'paper-out' }],
      });
    }, PATIENCE);
    expect(await call('GET', '/v1/jobs?state=printed,unknown')).toMatchObject({ status: 200, body: [] });
    expect(await call('GET', '/v1/jobs')).toMatchObject({ body: [{ state: 'blocked' }] });
    expect(await call('GET', '/v1/jobs?state=lost')).toMatchObject({
      status: 400,
      body: { code: 'bad-request' },
    });
  });

  it('are cancelled and answered for', async () => {
    const { call, printer } = await httpBridge();
    await printer.setFaults({ resetAtByte: 10 });
    await call('POST', '/v1/jobs', first);
    await vi.waitFor(
      async () =>
        expect(await call('GET', `/v1/jobs/${first.jobId}`)).toMatchObject({ body: { state: 'unknown' } }),
      PATIENCE,
    );
    expect(await call('POST', `/v1/jobs/${first.jobId}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'too-late' },
    });
    expect(await call('POST', `/v1/jobs/${first.jobId}/resolve`, { action: 'maybe' })).toMatchObject({
      status: 400,
    });
    expect(await call('POST', `/v1/jobs/${first.jobId}/resolve`, { action: 'printed' })).toMatchObject({
      status: 200,
      body: { state: 'printed' },
    });
    expect(await call('POST', '/v1/jobs/nobody/resolve', { action: 'printed' })).toMatchObject({
      status: 404,
    });
    expect(await call('GET', '/v1/jobs/nobody')).toMatchObject({
      status: 404,
      body: { code: 'unknown-job' },
    });
  });

  it.each([
    ['no body', undefined, 400],
    ['no JSON', '{"jobId":', 400],
    ['a list', [], 400],
    ['an unknown field', { ...first, colour: 'red' }, 400],
    ['an id with a path in it', { ...first, jobId: '../../etc/passwd' }, 400],
    ['a device with a path in it', { ...first, device: '../front' }, 400],
    ['a device nobody configured', { ...first, device: 'kitchen' }, 404],
    ['an empty paper', { ...first, paper: { title: '', language: 'en', lines: [] } }, 400],
    ['a QR code that is not ASCII', { ...first, paper: paper({ kind: 'qr', data: 'Größe' }) }, 400],
    ['more than a megabyte', { ...first, paper: 'x'.repeat(1_100_000) }, 413],
  ])('are refused with a sentence for %s, and nothing prints', async (_what, body, status) => {
    const { call, printer } = await httpBridge();
    const answer = await call('POST', '/v1/jobs', body);
    expect(answer).toMatchObject({
      status,
      body: { code: expect.any(String), message: expect.stringMatching(/^[A-Z"].+\.$/) },
    });
    expect(await call('GET', '/v1/jobs')).toMatchObject({ body: [] });
    expect(printer.papers()).toEqual([]);
  });
});

describe('devices and drawer over HTTP', () => {
  it('tell who is there and how they are', async () => {
    const { call, printer } = await httpBridge();
    expect(await call('GET', '/health')).toMatchObject({
      status: 200,
      body: { version: '1.2.3', printers: 1 },
    });
    expect(await call('GET', '/v1/devices')).toMatchObject({
      body: [{ device: 'front', address: `127.0.0.1:${printer.port}`, columns: 42 }],
    });
    expect(await call('GET', '/v1/devices/front/status')).toMatchObject({
      body: { state: 'unreported', waiting: 0 },
    });
    expect(await call('GET', '/v1/devices/front/status?fresh=1')).toMatchObject({ body: { state: 'ready' } });
    await printer.setFaults({ coverOpen: true });
    expect(await call('GET', '/v1/devices/front/status?fresh=1')).toMatchObject({
      body: { state: 'cover-open' },
    });
    await printer.setFaults({ off: true });
    expect(await call('GET', '/v1/devices/front/status?fresh=1')).toMatchObject({
      body: { state: 'offline' },
    });
    expect(await call('GET', '/v1/devices/back/status')).toMatchObject({
      status: 404,
      body: { code: 'unknown-device' },
    });
  });

  it('[P4] open the drawer once per request', async () => {
    const { call, printer } = await httpBridge();
    const request = { jobId: 'S01-R1:drawer:7', device: 'front' };
    expect(await call('POST', '/v1/drawer/open', request)).toMatchObject({
      status: 202,
      body: { kind: 'drawer' },
    });
    expect(await call('POST', '/v1/drawer/open', request)).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(printer.state().drawer.openings).toBe(1), PATIENCE);
    expect(await call('POST', '/v1/drawer/open', { jobId: 'x' })).toMatchObject({ status: 400 });
  });
});

describe('who may call', () => {
  it.each(['evil.example', 'evil.example:7350', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example:7350'])(
    'is not a page that came in under the name %s',
    async (host) => {
      const { call, printer } = await httpBridge();
      expect(await call('POST', '/v1/jobs', first, { host })).toMatchObject({
        status: 421,
        body: { code: 'wrong-host' },
      });
      expect(await call('GET', '/health', undefined, { host })).toMatchObject({ status: 421 });
      expect(printer.papers()).toEqual([]);
    },
  );

  it.each(['http://evil.example', 'null', 'https://127.0.0.1:9', 'http://localhost'])(
    'is not a page of %s',
    async (origin) => {
      const { call, printer } = await httpBridge();
      expect(await call('POST', '/v1/jobs', first, { origin })).toMatchObject({
        status: 403,
        body: { code: 'foreign-origin' },
      });
      expect(await call('OPTIONS', '/v1/jobs', undefined, { origin })).toMatchObject({ status: 403 });
      expect(await call('GET', '/v1/jobs', undefined, { origin })).toMatchObject({ status: 403 });
      expect(printer.papers()).toEqual([]);
    },
  );

  it('is the bridge’s own address under each of its names', async () => {
    const { call, port } = await httpBridge();
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`]) {
      expect(await call('GET', '/health', undefined, { host })).toMatchObject({ status: 200 });
    }
    const origin = `http://localhost:${port}`;
    expect(await call('POST', '/v1/jobs', first, { origin })).toMatchObject({ status: 202 });
  });

  it('is a page of an origin that was let in, which the browser is told', async () => {
    const { call } = await httpBridge(['http://till.example']);
    const origin = 'http://till.example';
    const answer = await call('OPTIONS', '/v1/jobs', undefined, { origin });
    expect(answer).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': origin, vary: 'Origin' },
    });
    expect(await call('POST', '/v1/jobs', first, { origin })).toMatchObject({
      status: 202,
      headers: { 'access-control-allow-origin': origin },
    });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'is nobody who sends %s, which a page may do without asking',
    async (type) => {
      const { call, printer } = await httpBridge();
      expect(await call('POST', '/v1/jobs', first, { 'content-type': type })).toMatchObject({
        status: 415,
        body: { code: 'not-json' },
      });
      expect(printer.papers()).toEqual([]);
    },
  );
});

describe('the event stream', () => {
  it('begins with how things stand and goes on with every change', async () => {
    const { call, port, printer } = await httpBridge();
    await printer.setFaults({ resetAtByte: 10 });
    await call('POST', '/v1/jobs', first);
    await vi.waitFor(
      async () =>
        expect(await call('GET', `/v1/jobs/${first.jobId}`)).toMatchObject({ body: { state: 'unknown' } }),
      PATIENCE,
    );
    const stream = await listen(port);
    await vi.waitFor(
      () => expect(stream.text()).toMatch(/event: printer\n.*\n\nevent: job\ndata: .*"state":"unknown"/),
      PATIENCE,
    );
    await printer.setFaults({ resetAtByte: null });
    await call('POST', `/v1/jobs/${first.jobId}/resolve`, { action: 'reprint' });
    await vi.waitFor(
      () => expect(stream.text()).toMatch(/"state":"queued"[\s\S]*"state":"sending"[\s\S]*"state":"printed"/),
      PATIENCE,
    );
    stream.close();
    expect(await call('GET', '/health')).toMatchObject({ status: 200 });
  });
});
