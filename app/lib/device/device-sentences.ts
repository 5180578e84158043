import { m } from '$lib/paraglide/messages.js';
import { registerName } from '#model/ids/register-id.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { EnrolmentTrouble } from './enrolment-client.ts';
import type { HealedDocument } from './healed.svelte.ts';
import type { ExclusionReason } from './standing.ts';

/** Why a browser did not join and what to do, as a sentence. `secondsLeft` is the wait after too many wrong codes. */
export function enrolmentSentence(trouble: EnrolmentTrouble, secondsLeft: number): string {
  switch (trouble.code) {
    case 'code-unknown':
      return m.device_trouble_code_unknown();
    case 'code-expired':
      return m.device_trouble_code_expired();
    case 'code-used':
      return m.device_trouble_code_used();
    case 'role-not-invited':
      return m.device_trouble_role_not_invited();
    case 'device-known':
    case 'key-known':
      return m.device_trouble_device_known();
    case 'too-many-tries':
      return secondsLeft > 0
        ? m.device_trouble_too_many_tries({ time: minutes(secondsLeft) })
        : m.device_trouble_try_again_now();
    case 'head-office-away':
      return m.device_trouble_head_office_away();
    case 'relay-away':
      return m.device_trouble_relay_away();
    case 'refused':
      return m.device_trouble_refused({ detail: trouble.detail });
  }
}

/** `75` seconds → `1:15`. */
function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** What a device that was turned away says: what happened, and what it means. `at` is a local date and time. */
export function exclusionWords(reason: ExclusionReason, at: string): { title: string; text: string } {
  switch (reason) {
    case 'replaced':
      return { title: m.device_out_replaced_title(), text: m.device_out_replaced_text({ at }) };
    case 'revoked':
      return { title: m.device_out_revoked_title(), text: m.device_out_revoked_text({ at }) };
    case 'expired':
      return { title: m.device_out_expired_title(), text: m.device_out_expired_text({ at }) };
    case 'unknown':
      return { title: m.device_out_unknown_title(), text: m.device_out_unknown_text({ at }) };
    case 'unproven':
      return { title: m.device_out_unproven_title(), text: m.device_out_unproven_text({ at }) };
  }
}

/** What was put aside because this device may not change it, or fetched afresh with nothing lost, as a sentence (rule E7). */
export function healedSentence({ key, lost }: Pick<HealedDocument, 'key' | 'lost'>): string {
  const what = documentName(key);
  return lost ? m.device_healed({ what }) : m.device_healed_unharmed({ what });
}

function documentName(key: DocumentKey): string {
  switch (key.class) {
    case 'organization':
      return m.device_document_organization();
    case 'staff':
      return m.device_document_staff();
    case 'catalog':
      return m.device_document_catalog();
    case 'store':
      return m.device_document_store();
    case 'session':
      return m.device_document_session({ register: registerName(key.store, key.register) });
    default:
      return m.device_document_other();
  }
}
