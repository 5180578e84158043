import type { PostJson } from './enrolment.ts';

/** How long head office may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

/** Posts over HTTP. Rejects when there is no answer in time, or one that is no JSON. Follows nobody elsewhere. */
export const postJson: PostJson = async (url, body) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const answer: unknown = await response.json();
  return { status: response.status, body: answer };
};
