import { createNodeDocuments, type NodeDocumentsOptions } from '../../../app/lib/repo/node-documents.ts';
import type { Documents, TerminalIdentity } from '../../../app/lib/repo/documents.ts';

export const ORGANIZATION = 'a1b2c3d4e5f6';

/** The identity of terminal `number` of the shop in these tests. */
export const terminal = (number: number): TerminalIdentity => ({
  device: number.toString(16).padStart(16, '0'),
  organization: ORGANIZATION,
  role: 'terminal',
  store: 'S01',
  register: `R${number}`,
});

/** Documents in Node at a relay; `end` closes them. */
export function nodeTerminal(number: number, options: Partial<NodeDocumentsOptions> = {}): Documents {
  return createNodeDocuments({ identity: terminal(number), ...options });
}
