import * as v from 'valibot';
import type { RecordOf } from '#model/journal/record.ts';
import { mailJobSchema, type MailJob } from '#model/receipt/mail-job.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Surroundings } from '../surroundings.ts';
import type { KeptNotes } from './kept-notes.ts';
import type { Papers } from './papers.ts';
import { WaitingJobs } from './waiting-jobs.svelte.ts';

/** What became of a mail that was handed to this machine: taken for good, refused for good, or nobody was there. */
export type Posted = 'taken' | 'refused' | 'away';

/** Hands a mail to this machine's outbox. */
export type PostMail = (job: MailJob) => Promise<Posted>;

const MAIL_COLUMNS = 42;

/**
 * Receipts on their way to the outbox of this machine (rule P10). Until it has taken them they are kept on this till's disk, so a
 * till without network or server sends them later, also after a power cut; an id never mails twice.
 */
export class MailDesk {
  readonly #post: PostMail | undefined;
  readonly #papers: Papers;
  readonly #surroundings: Surroundings;
  readonly #waiting: WaitingJobs<MailJob>;
  #sending = false;

  constructor(post: PostMail | undefined, papers: Papers, surroundings: Surroundings, notes: KeptNotes) {
    this.#post = post;
    this.#papers = papers;
    this.#surroundings = surroundings;
    this.#waiting = new WaitingJobs(notes, {
      prefix: 'mail:',
      schema: mailJobSchema,
      idOf: ({ mailId }) => mailId,
    });
  }

  /** Takes up the mails an earlier page left waiting. */
  async start(): Promise<void> {
    await this.#waiting.read();
    this.#waiting
      .takeOver(this.#surroundings, 'mails', v.array(mailJobSchema))
      .catch((cause: unknown) => globalThis.reportError(cause));
  }

  /** Whether this machine can send mails at all. */
  get available(): boolean {
    return this.#post !== undefined;
  }

  /** How many mails this till still keeps. */
  get waiting(): number {
    return this.#waiting.jobs.length;
  }

  /** Mails a receipt; refused only for an address that is none. */
  send(sale: RecordOf<'sale'>, address: string): Result<true, { readonly code: 'no-mail-address' }> {
    const paper = this.#papers.sale(sale);
    const job = v.safeParse(mailJobSchema, {
      mailId: `${sale.body.receipt}-${this.#surroundings.newId()}`,
      to: address,
      subject: paper.title,
      text: paperText(paper, MAIL_COLUMNS).join('\n'),
    });
    if (!job.success) return err({ code: 'no-mail-address' });
    this.#waiting.add(job.output);
    this.refresh().catch((cause: unknown) => globalThis.reportError(cause));
    return ok(true);
  }

  /** Offers what waits, in its order, to this machine. Called every two seconds. */
  async refresh(): Promise<void> {
    if (!this.#post || this.#sending) return;
    this.#sending = true;
    try {
      for (let [job] = this.#waiting.jobs; job; [job] = this.#waiting.jobs) {
        if ((await this.#post(job)) === 'away') return;
        this.#waiting.remove(job.mailId);
      }
    } finally {
      this.#sending = false;
    }
  }
}

/** Hands a mail to `/mail` of this page's origin. */
export async function postMail(job: MailJob): Promise<Posted> {
  try {
    const response = await fetch('/mail', {
      method: 'POST',
      signal: AbortSignal.timeout(5000),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(job),
    });
    if (response.ok) return 'taken';
    return response.status === 400 ? 'refused' : 'away';
  } catch {
    return 'away';
  }
}
