import { m } from '$lib/paraglide/messages.js';
import type { Figures } from './figures.ts';
import type { Till } from './till.svelte.ts';

/** One state of the till in a few words, with a sentence for who wants to know more. */
export type StatusWords = {
  readonly name: 'saved' | 'peers' | 'hq' | 'printer' | 'pole';
  readonly meaning: 'done' | 'attention' | 'danger' | 'neutral';
  readonly text: string;
  readonly detail?: string;
};

/** How the till stands: saved or not, the other tills, head office, the printer. */
export function tillStatus(till: Till, figures: Figures): readonly StatusWords[] {
  return [
    { name: 'saved', ...savedWords(till) },
    { name: 'peers', ...peerWords(till, figures) },
    { name: 'hq', ...headOfficeWords(till, figures) },
    { name: 'printer', ...printerWords(till) },
    ...(till.pole.state === 'away' ? [{ name: 'pole' as const, ...poleAway() }] : []),
  ];
}

type Words = Omit<StatusWords, 'name'>;

function savedWords(till: Till): Words {
  const last = till.journal.lastSaved;
  if (till.journal.unsaved || till.saveFailed) return { meaning: 'danger', text: m.status_not_saved() };
  if (till.journal.isSlow) return { meaning: 'neutral', text: m.status_saving() };
  if (last?.here === 'failed') {
    return { meaning: 'attention', text: m.status_saved_relay(), detail: m.banner_relay_only() };
  }
  if (last && last.relay !== 'saved') {
    return { meaning: 'attention', text: m.status_saved_here(), detail: m.banner_here_only() };
  }
  return { meaning: 'done', text: m.status_saved(), detail: m.status_saved_detail() };
}

/** Only what is wrong: most tills have no pole display, and one that works shows it itself. */
function poleAway(): Words {
  return { meaning: 'attention', text: m.status_pole_away(), detail: m.status_pole_away_detail() };
}

function peerWords(till: Till, figures: Figures): Words {
  const others = till.links.otherTills(till.place.store, till.place.register);
  if (others.length === 0) return { meaning: 'neutral', text: m.status_peers_none() };
  const detail = others
    .map(({ register, since }) => m.status_peers_detail({ register, time: figures.time(since) }))
    .join(', ');
  return { meaning: 'done', text: m.status_peers({ count: others.length }), detail };
}

function headOfficeWords(till: Till, figures: Figures): Words {
  const { state, since } = till.links.headOffice;
  const time = since === undefined ? '' : figures.time(since);
  if (state === 'connected') {
    return { meaning: 'done', text: m.status_hq_connected(), detail: m.status_hq_connected_detail({ time }) };
  }
  if (state === 'away') {
    return { meaning: 'attention', text: m.status_hq_away({ time }), detail: m.status_hq_away_detail() };
  }
  return { meaning: 'neutral', text: m.status_hq_none() };
}

function printerWords(till: Till): Words {
  const { printer, device } = till.printing;
  if (device === undefined || printer === undefined) {
    return { meaning: 'neutral', text: m.status_printer_none() };
  }
  if (printer === 'away') return { meaning: 'attention', text: m.status_printer_away() };
  const { state, waiting, paperNearEnd } = printer;
  if (state === 'paper-out') return { meaning: 'danger', text: m.status_printer_paper_out() };
  if (state === 'cover-open') return { meaning: 'danger', text: m.status_printer_cover() };
  if (state === 'offline') return { meaning: 'danger', text: m.status_printer_offline() };
  if (state === 'error') return { meaning: 'danger', text: m.status_printer_error() };
  if (waiting > 0) return { meaning: 'attention', text: m.status_printer_waiting({ count: waiting }) };
  if (paperNearEnd) return { meaning: 'attention', text: m.status_printer_paper_low() };
  if (state === 'unreported') return { meaning: 'neutral', text: m.status_printer_unreported() };
  return { meaning: 'done', text: m.status_printer_ready() };
}
