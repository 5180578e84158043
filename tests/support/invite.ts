import { randomBytes } from 'node:crypto';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import {
  INVITATION_MS,
  codeHash,
  invitationCode,
  type EnrolmentRequest,
  type Invitation,
} from '#model/trust/invitation.ts';
import type { TestKey } from './test-key.ts';
import { ORGANIZATION_DOCUMENT, type TrustedRelays } from './trusted-relays.ts';

/** An invitation as its entry in the organization document, with its code. */
export function invitation(wish: Pick<Invitation, 'roles'> & Partial<Invitation>): {
  readonly code: string;
  readonly entry: Invitation;
} {
  const id = randomBytes(8).toString('hex');
  const code = invitationCode(randomBytes(10));
  const now = Date.now();
  const entry: Invitation = {
    id,
    code: codeHash(id, code),
    name: 'Till 1',
    replaces: [],
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + INVITATION_MS).toISOString(),
    by: 'mia',
    used: [],
    ...wish,
  };
  return { code, entry };
}

/** Invites at head office as its back office does; gives the code. */
export async function invite(
  { tool }: Pick<TrustedRelays, 'tool'>,
  wish: Parameters<typeof invitation>[0],
): Promise<string> {
  const { code, entry } = invitation(wish);
  tool.write(ORGANIZATION_DOCUMENT, `invitation:${entry.id}`, canonicalJson(entry as CanonicalValue));
  await tool.until(() => tool.isConfirmed(ORGANIZATION_DOCUMENT));
  return code;
}

/** What a device sends to join. */
export function requestOf(key: TestKey, code: string, role: EnrolmentRequest['role']): EnrolmentRequest {
  return { code, id: key.id, key: key.publicKey, role };
}

/** What came of asking a relay to join. */
export type Answer = { readonly status: number; readonly body: Record<string, unknown> };

/** Asks the relay on a port to enrol; `body` is sent as JSON, a text as it is. */
export async function askToEnrol(
  port: number,
  body: object | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}/enrol`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}
