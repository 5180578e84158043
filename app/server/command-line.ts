import type { Result } from '#model/result.ts';

/** Ends this command with a sentence on stderr. */
export function fail(code: number, sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

/** The checked options of a command; ends it with its usage when help was asked for, with a sentence and 2 when one is wrong. */
export function optionsOrEnd<Options>(read: Result<Options | 'help', string>, usage: string): Options {
  if (!read.ok) fail(2, `${read.error}\n\n${usage}`);
  if (read.value !== 'help') return read.value as Options;
  process.stdout.write(usage);
  process.exit(0);
}
