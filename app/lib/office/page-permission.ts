import type { Permission } from '#model/staff/permission.ts';

/** What a page of the office asks of who is there, for the whole organization (rule S11). */
export function permissionOf(path: string): Permission {
  if (path.startsWith('/office/audit')) return 'audit.read';
  if (path.startsWith('/office/devices')) return 'device.edit';
  if (path.startsWith('/office/settings')) return 'settings.edit';
  if (path.startsWith('/office/catalog')) return 'catalog.edit';
  return path.startsWith('/office/staff') ? 'staff.edit' : 'report.read';
}
