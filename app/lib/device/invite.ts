import { canonicalJson } from '#model/journal/canonical.ts';
import { err, ok, type Result } from '#model/result.ts';
import {
  invitationCode,
  newInvitation,
  type Invitation,
  type InvitationTerms,
} from '#model/trust/invitation.ts';
import type { Documents } from '../repo/documents.ts';

/** What somebody is invited as. `roles` may join with the code, each once. */
export type InvitationWish = Omit<InvitationTerms, 'by'>;

/** Who invites and with what of the world; `random` gives that many fresh random bytes. */
export type Host = {
  readonly documents: Documents;
  /** A person's id, or what the program is called. */
  readonly by: string;
  readonly now: () => Date;
  readonly random: (bytes: number) => Uint8Array;
};

/** An invitation that head office's relay has. The code is kept nowhere: show it now or make another (rule E8). */
export type Invited = { readonly code: string; readonly invitation: Invitation };

/** How long head office's relay may take to have the invitation on its disk, in milliseconds. */
const RELAY_WAIT_MS = 10_000;

/** Invites a device, or all devices of a till (rule E8). The error says how far the invitation came; its code is of no use then. */
export async function invite(
  wish: InvitationWish,
  { documents, by, now, random }: Host,
): Promise<Result<Invited, 'away' | 'late'>> {
  const code = invitationCode(random(10));
  const id = Array.from(random(8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const invitation = newInvitation({ ...wish, by }, { id, code, at: now().toISOString() });
  const key = { class: 'organization' } as const;
  await documents.open(key);
  const { relay } = await documents.writeDurably(
    key,
    { [`invitation:${id}`]: canonicalJson(invitation) },
    RELAY_WAIT_MS,
  );
  return relay === 'saved' ? ok({ code, invitation }) : err(relay);
}
