import * as v from 'valibot';
import type { OrganizationEntry } from '#model/documents/organization.ts';
import { organizationKey } from '#model/documents/organization.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { err, ok, type Result } from '#model/result.ts';
import {
  enrol,
  enrolmentRequestSchema,
  enrolmentSchema,
  type Enrolment,
  type EnrolmentChanges,
  type EnrolmentRefusal,
  type EnrolmentRequest,
} from '#model/trust/invitation.ts';
import type { CodeTries } from './code-tries.ts';
import type { OwnDevice } from './device-file.ts';
import type { TrustedDevices } from './trusted-devices.ts';

/** What `POST /enrol` takes: a request, and whether this relay is to join with the same code first. */
const askedSchema = v.strictObject({
  ...enrolmentRequestSchema.entries,
  withRelay: v.optional(v.boolean(), false),
});

/** Why nobody was enrolled, with a sentence for the person who typed the code. */
export type Refusal = {
  readonly code:
    | EnrolmentRefusal
    | 'too-many-tries'
    | 'not-head-office'
    | 'head-office-away'
    | 'bad-request'
    | 'disk-full';
  readonly message: string;
  readonly retryAfterSeconds?: number;
};

/** Where devices are enrolled: at head office in its own documents, elsewhere by asking head office. */
export interface EnrolmentOffice {
  enrol(request: EnrolmentRequest): Promise<Result<Enrolment, Refusal>>;
}

const SENTENCES: Record<EnrolmentRefusal, string> = {
  'code-unknown': 'No invitation has this code. Check every digit, or ask head office for a new code.',
  'code-expired': 'This code is too old. Ask head office for a new one; a code holds ten minutes.',
  'code-used': 'This code was used already. Ask head office for a new one.',
  'role-not-invited': 'This code invites another kind of device. Ask head office for a code for this one.',
  'device-known': 'This device is listed already. To join again it needs a new identity.',
  'key-known':
    'Another device is listed with the key of this one: it looks like a copy. It needs a new identity.',
};

/** Head office's documents, as far as enrolling needs them. */
export type MemberList = {
  /** The organization document as it is on the disk now. */
  readonly entries: () => Promise<Readonly<Record<string, string>>>;
  /** Changes it in one change; `failed` when the disk refused. */
  readonly write: (changes: Readonly<Record<string, string>>) => Promise<'saved' | 'failed'>;
};

/** Enrols devices at head office's relay (rule E8), one after the other: a code counts once for each of its roles. */
export class HeadOffice implements EnrolmentOffice {
  readonly #own: Pick<OwnDevice, 'id' | 'publicKey'> & { readonly organization: string };
  readonly #list: MemberList;
  readonly #trusted: TrustedDevices;
  readonly #now: () => string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    own: Pick<OwnDevice, 'id' | 'publicKey'> & { readonly organization: string },
    list: MemberList,
    trusted: TrustedDevices,
    now: () => string,
  ) {
    this.#own = own;
    this.#list = list;
    this.#trusted = trusted;
    this.#now = now;
  }

  enrol(request: EnrolmentRequest): Promise<Result<Enrolment, Refusal>> {
    const next = this.#last.then(() => this.#enrol(request));
    // Whoever asked hears of a failure; the next in line must not.
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #enrol(request: EnrolmentRequest): Promise<Result<Enrolment, Refusal>> {
    this.#trusted.update(await this.#list.entries());
    const { devices, invitations } = this.#trusted;
    const enrolled = enrol(request, invitations, devices, this.#now());
    if (!enrolled.ok) return this.#again(request, enrolled.error);
    const outcome = await this.#list.write(changesOf(enrolled.value));
    if (outcome === 'saved') return ok(this.#enrolment(enrolled.value.device));
    const message = 'Head office could not write to its disk. Mend that and try again.';
    return err({ code: 'disk-full', message });
  }

  /** A device whose answer was lost asks again with its code, and gets it again. */
  #again(request: EnrolmentRequest, refusal: EnrolmentRefusal): Result<Enrolment, Refusal> {
    const listed = this.#trusted.devices.get(request.id);
    const isSame = listed?.key === request.key && listed.role === request.role;
    if (refusal === 'code-used' && isSame && listed.revokedAt === undefined)
      return ok(this.#enrolment(listed));
    return err({ code: refusal, message: SENTENCES[refusal] });
  }

  #enrolment(device: Enrolment['device']): Enrolment {
    const { organization, id, publicKey: key } = this.#own;
    return { organization, device, headOffice: { id, key } };
  }
}

function changesOf({ device, invitation, revoked }: EnrolmentChanges): Record<string, string> {
  const entries: OrganizationEntry[] = [
    { kind: 'device', value: device },
    { kind: 'invitation', value: invitation },
    ...revoked.map((value) => ({ kind: 'device' as const, value })),
  ];
  return Object.fromEntries(
    entries.map((entry) => [organizationKey(entry), canonicalJson(entry.value as CanonicalValue)]),
  );
}

/** Sends a JSON body and gives status and parsed answer; rejects when nobody answers in time. */
export type PostJson = (
  url: string,
  body: unknown,
) => Promise<{ readonly status: number; readonly body: unknown }>;

const AWAY: Refusal = {
  code: 'head-office-away',
  message: 'Head office does not answer, and only head office can let devices join. Try again when it does.',
};

const refusalSchema = v.object({
  code: v.picklist([
    ...(Object.keys(SENTENCES) as EnrolmentRefusal[]),
    'too-many-tries',
    'not-head-office',
    'head-office-away',
    'disk-full',
  ]),
  message: v.pipe(v.string(), v.maxLength(500)),
  retryAfterSeconds: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
});

/** Enrols devices by asking head office; `hq` is the address of its relay, `ws://hq.example:4700/sync`. */
export function remoteHeadOffice(hq: string, post: PostJson): EnrolmentOffice {
  const url = new URL('/enrol', hq.replace(/^ws/, 'http')).href;
  return {
    async enrol(request) {
      let answer: Awaited<ReturnType<PostJson>>;
      try {
        answer = await post(url, request);
      } catch {
        return err(AWAY);
      }
      const enrolment = v.safeParse(enrolmentSchema, answer.body);
      if (answer.status === 200 && enrolment.success) return ok(enrolment.output);
      const refusal = v.safeParse(refusalSchema, answer.body);
      if (!refusal.success) return err(AWAY);
      const { retryAfterSeconds: seconds, ...rest } = refusal.output;
      return err({ ...rest, ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }) });
    },
  };
}

/** What a relay's `POST /enrol` is made of. */
export type EnrolmentParts = {
  readonly own: Pick<OwnDevice, 'id' | 'publicKey' | 'saveEnrolment'>;
  readonly isEnrolled: boolean;
  /** Undefined at a relay that neither is head office nor knows it. */
  readonly office: EnrolmentOffice | undefined;
  readonly tries: CodeTries;
};

/** An answer over HTTP; `joined` when the relay itself has joined on the way, whatever became of the asker. */
export type EnrolmentAnswer = {
  readonly status: number;
  readonly body: Enrolment | Refusal;
  readonly joined: boolean;
};

/** Answers `POST /enrol`; `asker` tells askers apart, `text` is the body. */
export async function answerEnrolment(
  parts: EnrolmentParts,
  asker: string,
  text: string,
): Promise<EnrolmentAnswer> {
  const asked = v.safeParse(v.pipe(v.string(), v.parseJson(), askedSchema), text);
  if (!asked.success) {
    const issue = asked.issues[0];
    const where = v.getDotPath(issue);
    const message = `This is no request to join: ${where === null ? '' : `${where}: `}${issue.message}.`;
    return refused({ code: 'bad-request', message });
  }
  const wait = parts.tries.take(asker);
  if (wait > 0) return refused(tooMany(wait));
  const { withRelay, ...request } = asked.output;
  const self = withRelay && !parts.isEnrolled ? await joinItself(parts, request.code) : undefined;
  const result = self?.ok === false ? self : await (parts.office?.enrol(request) ?? err(NO_HEAD_OFFICE));
  if (result.ok || result.error.code !== 'code-unknown') parts.tries.giveBack(asker);
  const joined = self?.ok === true;
  return result.ok ? { status: 200, body: result.value, joined } : { ...refused(result.error), joined };
}

/** The relay joins with the code of a device of its machine: without it that device could not come in. */
async function joinItself({ own, office }: EnrolmentParts, code: string): Promise<Result<true, Refusal>> {
  if (office === undefined) return err(NO_HEAD_OFFICE);
  const joined = await office.enrol({ code, id: own.id, key: own.publicKey, role: 'relay' });
  if (!joined.ok) return joined;
  const { device } = joined.value;
  if (device.id !== own.id || device.key !== own.publicKey) return err(AWAY);
  await own.saveEnrolment(joined.value);
  return ok(true);
}

const NO_HEAD_OFFICE: Refusal = {
  code: 'not-head-office',
  message: 'Devices join at head office, and this relay does not know where that is. Start it with --hq.',
};

function tooMany(seconds: number): Refusal {
  const message = `Too many wrong codes were tried. Try again in ${seconds} seconds.`;
  return { code: 'too-many-tries', message, retryAfterSeconds: seconds };
}

const STATUSES: Partial<Record<Refusal['code'], number>> = {
  'bad-request': 400,
  'too-many-tries': 429,
  'not-head-office': 404,
  'device-known': 409,
  'key-known': 409,
  'head-office-away': 502,
  'disk-full': 507,
};

function refused(refusal: Refusal): EnrolmentAnswer {
  return { status: STATUSES[refusal.code] ?? 403, body: refusal, joined: false };
}
