import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/**
 * Gives back what a start needed and nothing needs any more: a relay with little to do would keep it for hours. An ordinary collection
 * keeps the pages it emptied, 80 MB at a head office of fifty stores after a year; the last resort returns them to the machine.
 */
export function collectNow(): void {
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
