import type { DocumentAddress } from '#model/ids/document-id.ts';
import { registerName } from '#model/ids/register-id.ts';

/** The latest session this relay holds of each register of each organization. */
export class LatestSessions {
  readonly #latest = new Map<string, number>();

  /** Takes note of a document that is here. */
  note(address: DocumentAddress): void {
    const { organization, key } = address;
    if (key.class !== 'session') return;
    const register = `${organization}/${registerName(key.store, key.register)}`;
    this.#latest.set(register, Math.max(this.#latest.get(register) ?? 0, key.session));
  }

  /** The latest session of the register a document is about; 0 when none is here, or it is about no register. */
  latest({ organization, key }: DocumentAddress): number {
    if (!('register' in key)) return 0;
    return this.#latest.get(`${organization}/${registerName(key.store, key.register)}`) ?? 0;
  }

  /** The latest session by register name, of one organization, or of all where none is said. */
  byRegister(organization: string | undefined): Record<string, number> {
    const latest: Record<string, number> = {};
    for (const [register, session] of this.#latest) {
      const [tag, name = ''] = register.split('/');
      if (organization === undefined || organization === tag) latest[name] = session;
    }
    return latest;
  }
}
