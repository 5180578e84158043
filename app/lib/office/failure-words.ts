import { m } from '$lib/paraglide/messages.js';
import type { ReportFailure } from './reports-client.ts';

/**
 * Why figures are missing, as a sentence: what happened, what it means, what to do. `from` is the time of the figures that
 * are still shown below, as people read it; undefined when there are none.
 */
export function failureSentence(failure: ReportFailure, from: string | undefined): string {
  const sentence = whatHappened(failure);
  return from === undefined ? sentence : `${sentence} ${m.office_figures_from({ time: from })}`;
}

function whatHappened(failure: ReportFailure): string {
  switch (failure.code) {
    case 'unreachable':
      return m.office_failure_unreachable();
    case 'away':
      return m.office_failure_away({ status: failure.status });
    case 'refused':
      return m.office_failure_refused({ sentence: failure.sentence });
    case 'missing':
      return m.office_failure_missing({ sentence: failure.sentence });
    case 'unreadable':
      return m.office_failure_unreadable({ detail: failure.detail });
  }
}
