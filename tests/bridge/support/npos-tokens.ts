import { createRequire } from 'node:module';

/** One command, or one stretch of text (`name` is "text"), as an independent parser reads it. */
export type Token = { readonly name: string; readonly bytes: Buffer };

type Node = {
  readonly code: number;
  readonly ascii: string;
  readonly fn?: string;
  readonly offset: number;
  readonly length: number;
};
type Parsed = { readonly error?: Error; readonly tree: readonly Node[] | null };
type Rules = Record<number, Record<string, unknown>>;

const require = createRequire(import.meta.url);
const { Parser, rules } = loadNpos();

function loadNpos() {
  const parser = require('npos/lib/parser') as (rules: Rules) => { analyze(bytes: Buffer): Parsed };
  const known = require('npos/lib/parser/rules') as Rules;
  // It is older than QR codes: GS ( k is one more command whose length stands in its head.
  return { Parser: parser, rules: { ...known, [0x1d]: { ...known[0x1d], '(k': [0, 'd16'] } } };
}

/** All tokens of a byte stream; throws at the first byte the parser does not understand, or when bytes are left over. */
export function tokensOf(bytes: Buffer): Token[] {
  const parsed = Parser(rules).analyze(bytes);
  if (parsed.error || !parsed.tree) throw parsed.error ?? new Error('nothing was parsed');
  const tokens = parsed.tree.map((node) => ({
    name: node.code === 2 && node.ascii === 'STX' ? 'text' : `${node.ascii} ${node.fn ?? ''}`,
    bytes: bytes.subarray(node.offset, node.offset + node.length),
  }));
  const consumed = tokens.reduce((sum, token) => sum + token.bytes.length, 0);
  if (consumed !== bytes.length) throw new Error(`${consumed} of ${bytes.length} bytes were understood`);
  return tokens;
}
