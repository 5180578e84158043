import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Gives back what a start needed and nothing needs any more: a relay with little to do would keep it for hours. */
export function collectNow(): void {
  if (typeof collect === 'function') collect();
}
