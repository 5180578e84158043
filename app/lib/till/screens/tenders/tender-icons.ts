import Banknote from '@lucide/svelte/icons/banknote';
import CreditCard from '@lucide/svelte/icons/credit-card';
import Gift from '@lucide/svelte/icons/gift';
import PiggyBank from '@lucide/svelte/icons/piggy-bank';
import Star from '@lucide/svelte/icons/star';
import Ticket from '@lucide/svelte/icons/ticket';
import TicketCheck from '@lucide/svelte/icons/ticket-check';
import UserRound from '@lucide/svelte/icons/user-round';
import Wallet from '@lucide/svelte/icons/wallet';
import type { TenderKind } from '#model/sale/sale-body.ts';

/** The icon of each kind of tender. */
export const TENDER_ICONS: Readonly<Record<TenderKind, typeof Banknote>> = {
  cash: Banknote,
  card: CreditCard,
  voucher: Ticket,
  other: Wallet,
  'gift-card': Gift,
  'store-credit': TicketCheck,
  deposit: PiggyBank,
  account: UserRound,
  points: Star,
};
