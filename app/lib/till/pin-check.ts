import type { PinVerifier } from '#model/staff/pin.ts';

/** A worker that loads while a person still types. */
let early: Worker | undefined;

/** Begins to load what {@link checkPinBeside} needs; for a screen that asks for a PIN. */
export function preparePinCheck(): void {
  early ??= newWorker();
  // One that could not be loaded is made again by who needs it, and hears why.
  early.addEventListener('error', () => (early = undefined), { once: true });
}

function newWorker(): Worker {
  return new Worker(new URL('./pin-worker.ts', import.meta.url), { type: 'module' });
}

/** Checks a PIN in a worker of its own, which ends with the answer. */
export function checkPinBeside(pin: string, verifier: PinVerifier): Promise<boolean> {
  const worker = early ?? newWorker();
  early = undefined;
  return new Promise<boolean>((resolve, reject) => {
    worker.addEventListener('message', (event: MessageEvent<boolean>) => resolve(event.data));
    worker.addEventListener('error', (event) =>
      reject(new Error(`the PIN was not checked: ${event.message}`)),
    );
    worker.postMessage({ pin, verifier }, { transfer: [] });
  }).finally(() => worker.terminate());
}
