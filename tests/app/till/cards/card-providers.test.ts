import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NetworkTerminal } from '../../../../app/lib/till/cards/network-terminal.ts';
import { makeOrigin } from '../../../../app/server/origin.ts';
import { startVirtualTerminal } from '../../../../hardware-bridge/virtual-terminal/virtual-terminal.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { cardProviderContract } from './card-provider.contract.ts';
import { FakeTerminal } from './fake-terminal.ts';

cardProviderContract('a terminal in memory', async () => {
  const provider = new FakeTerminal();
  return {
    provider,
    present: (approved) => provider.present(approved),
    moved: () => ({
      taken: provider.approved.filter(({ back }) => !back).length,
      back: provider.approved.filter(({ back }) => back).length,
    }),
    cut: (away) => (provider.away = away),
  };
});

cardProviderContract('a network terminal behind the origin', async () => {
  const terminal = await startVirtualTerminal({ port: 0 });
  let away = false;
  // In front of the terminal, so that it can be cut off and keeps what it knows.
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await text(incoming);
    const answer = await fetch(`http://127.0.0.1:${terminal.port}${incoming.url}`, {
      method: incoming.method ?? 'GET',
      ...(body === '' ? {} : { body, headers: { 'content-type': 'application/json' } }),
    });
    outgoing.writeHead(answer.status, { 'content-type': 'application/json' });
    outgoing.end(await answer.text());
  };
  const cable: Server = createServer((incoming, outgoing) => {
    if (away) incoming.socket.destroy();
    else pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => cable.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(cable.address() as AddressInfo).port}`;
  const origin = await makeOrigin({
    build: await temporaryFolder(),
    config: () => ({ role: 'till', device: '0123456789abcdef', version: '1', terminal: true }),
    relay: 'http://127.0.0.1:9',
    terminal: address,
    hosts: [],
  });
  const url = await origin.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await origin.close();
    cable.closeAllConnections();
    cable.close();
    await terminal.stop();
  });
  return {
    provider: new NetworkTerminal(`${url}/terminal`),
    present: (approved) => terminal.ledger.present(terminal.ledger.all().at(-1)?.id ?? '', approved),
    moved: () => {
      const approved = terminal.ledger.all().filter(({ state }) => state === 'approved');
      return {
        taken: approved.filter(({ kind }) => kind === 'sale').length,
        back: approved.filter(({ kind }) => kind === 'refund').length,
      };
    },
    cut: (cutOff) => (away = cutOff),
  };
});

describe('a network terminal', () => {
  it('refuses another payment under the same id, which decides nothing', async () => {
    const terminal = await startVirtualTerminal({ port: 0 });
    onTestFinished(() => terminal.stop());
    const provider = new NetworkTerminal(`http://127.0.0.1:${terminal.port}`);
    await provider.authorise({ id: 'p', amount: 5, currency: 'GBP' });
    expect(await provider.authorise({ id: 'p', amount: 6, currency: 'GBP' })).toEqual({ kind: 'away' });
    expect(terminal.ledger.all()).toMatchObject([{ amount: 5, state: 'waiting' }]);
  });

  it.each(['nonsense', '{"state":"approved","approval":"1"}', '{"state":"paid"}'])(
    '[V6] takes nothing for granted from an answer like %s',
    async (body) => {
      const server = createServer((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const provider = new NetworkTerminal(`http://127.0.0.1:${port}`);
      expect(await provider.status('p')).toEqual({ kind: 'away' });
    },
  );

  it('approves by itself where it was started so', async () => {
    const terminal = await startVirtualTerminal({ port: 0, approveAfterMs: 1 });
    onTestFinished(() => terminal.stop());
    const provider = new NetworkTerminal(`http://127.0.0.1:${terminal.port}`);
    await provider.authorise({ id: 'p', amount: 5, currency: 'GBP' });
    await expect.poll(() => provider.status('p')).toMatchObject({ kind: 'approved' });
  });
});
