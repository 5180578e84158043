/** 16 hex digits out of a random id (rule A2). */
export function auditIdOf(id: string): string {
  return id
    .replaceAll(/[^0-9a-f]/g, '')
    .padStart(16, '0')
    .slice(-16);
}
