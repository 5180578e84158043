/**
 * How long a test waits for what has to come, with `vi.waitFor`; `expect.poll` waits as long by itself (vite.config.ts). Never the
 * time something may take: on a machine with much else to do a moment lasts seconds, and only a failure waits to the end.
 */
export const PATIENCE = { timeout: 30_000 } as const;
