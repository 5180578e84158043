import { m } from '$lib/paraglide/messages.js';

/** What is wrong with a record that does not verify, in a sentence. A code of a newer relay gets a general one. */
export function doubtWords(code: string): string {
  switch (code) {
    case 'unsigned':
      return m.doubts_unsigned();
    case 'bad-signature':
    case 'unknown-device':
    case 'revoked-device':
    case 'expired-device':
      return m.doubts_signature();
    case 'fork':
      return m.doubts_fork();
    case 'gap':
    case 'truncated':
      return m.doubts_missing();
    default:
      return m.doubts_altered();
  }
}
