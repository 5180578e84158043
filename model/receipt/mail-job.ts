import * as v from 'valibot';

/**
 * A receipt on its way to a customer's mailbox (rule P10). `mailId` is its idempotency key: one id never mails twice. `text` is the paper as
 * lines of a fixed pitch.
 */
export const mailJobSchema = v.strictObject({
  mailId: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9_-]{1,120}$/, 'a mail id holds letters, digits, "_" and "-"'),
  ),
  to: v.pipe(v.string(), v.trim(), v.maxLength(254), v.email('this is no e-mail address')),
  subject: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(200_000)),
});

/** A receipt on its way to a customer's mailbox. */
export type MailJob = v.InferOutput<typeof mailJobSchema>;

/** Where a mail stands: it waits on the disk, the mail server has it, or the mail server will never take it. */
export type MailState = 'waiting' | 'sent' | 'refused';
