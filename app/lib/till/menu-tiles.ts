import Archive from '@lucide/svelte/icons/archive';
import ArrowLeftRight from '@lucide/svelte/icons/arrow-left-right';
import BanknoteArrowDown from '@lucide/svelte/icons/banknote-arrow-down';
import BanknoteArrowUp from '@lucide/svelte/icons/banknote-arrow-up';
import BookOpenText from '@lucide/svelte/icons/book-open-text';
import CalendarCheck from '@lucide/svelte/icons/calendar-check';
import Files from '@lucide/svelte/icons/files';
import FileText from '@lucide/svelte/icons/file-text';
import Gift from '@lucide/svelte/icons/gift';
import GraduationCap from '@lucide/svelte/icons/graduation-cap';
import Inbox from '@lucide/svelte/icons/inbox';
import Keyboard from '@lucide/svelte/icons/keyboard';
import PackageOpen from '@lucide/svelte/icons/package-open';
import MonitorSmartphone from '@lucide/svelte/icons/monitor-smartphone';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Vault from '@lucide/svelte/icons/vault';
import type { Permission } from '#model/staff/permission.ts';
import { m } from '$lib/paraglide/messages.js';
import type { Panel } from './view.svelte.ts';

/** What an act in the menu is about. */
export type MenuGroup = 'sale' | 'register' | 'till';

/** An act in the menu: the panel it opens, who may open it, and its words. */
export type MenuTile = {
  readonly panel: Panel;
  readonly group: MenuGroup;
  readonly testid: string;
  readonly permission?: Permission;
  readonly icon: typeof FileText;
  readonly name: () => string;
  readonly text: () => string;
};

/** The groups in their order. */
export const MENU_GROUPS: readonly { readonly group: MenuGroup; readonly name: () => string }[] = [
  { group: 'sale', name: m.menu_group_sale },
  { group: 'register', name: m.menu_group_register },
  { group: 'till', name: m.menu_group_till },
];

/** Every act in the menu, in its order within its group; closing the session stands below them by itself. */
export const MENU_TILES: readonly MenuTile[] = [
  {
    panel: 'journal',
    group: 'sale',
    testid: 'journal',
    icon: BookOpenText,
    name: m.menu_journal,
    text: m.menu_journal_text,
  },
  {
    panel: 'gift-card',
    group: 'sale',
    testid: 'gift-card',
    icon: Gift,
    name: m.menu_gift_card,
    text: m.menu_gift_card_text,
  },
  {
    panel: 'layaway',
    group: 'sale',
    testid: 'layaway',
    icon: PackageOpen,
    name: m.menu_layaway,
    text: m.menu_layaway_text,
  },
  {
    panel: 'paid-in',
    group: 'register',
    testid: 'paid-in',
    permission: 'cash.move',
    icon: BanknoteArrowDown,
    name: m.menu_paid_in,
    text: m.menu_paid_in_text,
  },
  {
    panel: 'paid-out',
    group: 'register',
    testid: 'paid-out',
    permission: 'cash.move',
    icon: BanknoteArrowUp,
    name: m.menu_paid_out,
    text: m.menu_paid_out_text,
  },
  {
    panel: 'safe-drop',
    group: 'register',
    testid: 'safe-drop',
    permission: 'cash.move',
    icon: Vault,
    name: m.menu_safe,
    text: m.menu_safe_text,
  },
  {
    panel: 'handover',
    group: 'register',
    testid: 'handover',
    permission: 'session.close',
    icon: ArrowLeftRight,
    name: m.menu_handover,
    text: m.menu_handover_text,
  },
  {
    panel: 'choose-drawer',
    group: 'register',
    testid: 'choose-drawer',
    icon: Archive,
    name: m.menu_choose_drawer,
    text: m.menu_choose_drawer_text,
  },
  {
    panel: 'open-drawer',
    group: 'register',
    testid: 'open-drawer',
    permission: 'drawer.open',
    icon: Inbox,
    name: m.menu_drawer,
    text: m.menu_drawer_text,
  },
  {
    panel: 'x-report',
    group: 'register',
    testid: 'x-report',
    permission: 'report.read',
    icon: FileText,
    name: m.menu_x,
    text: m.menu_x_text,
  },
  {
    panel: 'customer-display',
    group: 'till',
    testid: 'customer-display',
    icon: MonitorSmartphone,
    name: m.menu_display,
    text: m.menu_display_text,
  },
  {
    panel: 'training',
    group: 'till',
    testid: 'training',
    permission: 'training.enter',
    icon: GraduationCap,
    name: m.menu_training,
    text: m.menu_training_text,
  },
  {
    panel: 'store-day',
    group: 'register',
    testid: 'store-day',
    permission: 'report.read',
    icon: CalendarCheck,
    name: m.menu_day,
    text: m.menu_day_text,
  },
  {
    panel: 'closings',
    group: 'register',
    testid: 'closings',
    permission: 'report.read',
    icon: Files,
    name: m.menu_closings,
    text: m.menu_closings_text,
  },
  {
    panel: 'exceptions',
    group: 'register',
    testid: 'exceptions',
    icon: TriangleAlert,
    name: m.menu_exceptions,
    text: m.menu_exceptions_text,
  },
  {
    panel: 'sequence-check',
    group: 'till',
    testid: 'sequence-check',
    icon: ListChecks,
    name: m.menu_check,
    text: m.menu_check_text,
  },
  {
    panel: 'shortcuts',
    group: 'till',
    testid: 'shortcuts',
    icon: Keyboard,
    name: m.menu_shortcuts,
    text: m.menu_shortcuts_text,
  },
];
