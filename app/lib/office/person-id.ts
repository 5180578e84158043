/** An id for a new person, from the name, that nobody had before: `ana`, `ana-2`. Records keep it for ever. */
export function personId(name: string, known: { has(id: string): boolean }): string {
  const plain = name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 36);
  const first = plain || 'person';
  let id = first;
  for (let count = 2; known.has(id); count++) id = `${first}-${count}`;
  return id;
}
