import type { CDPSession, Page } from 'playwright';

/** Bytes a page and its workers hold after collecting garbage: objects, and the memory behind buffers and WebAssembly. */
export type HeldMemory = { readonly page: number; readonly workers: number };

type HeapUsage = {
  readonly usedSize: number;
  readonly embedderHeapUsedSize?: number;
  readonly backingStorageSize?: number;
};

const held = ({ usedSize, backingStorageSize = 0 }: HeapUsage) => usedSize + backingStorageSize;

/** Measures what a page and its workers hold. */
export async function heldMemory(page: Page): Promise<HeldMemory> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const own = (await session.send('Runtime.getHeapUsage')) as HeapUsage;
  const workers = await workerUsages(session);
  await session.detach();
  return { page: held(own), workers: workers.reduce((sum, usage) => sum + held(usage), 0) };
}

/** Workers are targets of their own, spoken to through the page's session. */
async function workerUsages(session: CDPSession): Promise<HeapUsage[]> {
  const sessions: string[] = [];
  session.on('Target.attachedToTarget', ({ sessionId }) => sessions.push(sessionId));
  await session.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  const usages: HeapUsage[] = [];
  for (const id of sessions) {
    await ask(session, id, 1, 'HeapProfiler.collectGarbage');
    usages.push((await ask(session, id, 2, 'Runtime.getHeapUsage')) as HeapUsage);
  }
  return usages;
}

function ask(session: CDPSession, sessionId: string, id: number, method: string): Promise<unknown> {
  return new Promise((resolve) => {
    const hear = (event: { readonly sessionId: string; readonly message: string }) => {
      const answer = JSON.parse(event.message) as { id?: number; result?: unknown };
      if (event.sessionId !== sessionId || answer.id !== id) return;
      session.off('Target.receivedMessageFromTarget', hear);
      resolve(answer.result);
    };
    session.on('Target.receivedMessageFromTarget', hear);
    void session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) });
  });
}
