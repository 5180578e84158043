import * as v from 'valibot';
import { registerIdSchema, storeIdSchema, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import { err, ok, type Result } from '#model/result.ts';

/** What the app server says about this device: `/config.json`. */
export const programConfigSchema = v.object({
  role: v.picklist(['till', 'hq']),
  /** None while this machine has not joined an organization. */
  organization: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/))),
  /** The device of this machine's relay; the page's own is in the browser. */
  device: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  store: v.optional(storeIdSchema),
  register: v.optional(registerIdSchema),
  printer: v.optional(v.string()),
  display: v.optional(v.string()),
  /** The bridge's name of the scale beside the till. */
  scale: v.optional(v.string()),
  /** Whether this machine mails receipts. */
  mail: v.optional(v.boolean()),
  /** Whether a card terminal is behind `/terminal`. */
  terminal: v.optional(v.boolean()),
  founding: v.optional(v.boolean()),
  demo: v.optional(
    v.object({
      enrols: v.optional(v.boolean()),
      people: v.array(v.object({ name: v.string(), pin: v.string(), role: v.optional(v.string()) })),
    }),
  ),
  version: v.optional(v.string()),
});

/** What the app server says about this device. */
export type ProgramConfig = v.InferOutput<typeof programConfigSchema>;

/** The same once the page is a device of a register. */
export type TillConfig = ProgramConfig & {
  readonly organization: string;
  readonly store: StoreId;
  readonly register: RegisterId;
};

/** Why a configuration could not be used: `detail` is for the person who sets the device up. */
export type ConfigRefusal = { readonly code: 'unreachable' | 'not-understood'; readonly detail: string };

const LAST_CONFIG = 'config';

/**
 * Loads the configuration. When the server of this device does not answer, the last one it gave is used: a till must
 * start from its own disk.
 */
export async function loadConfig(
  fetchConfig: () => Promise<Response>,
  notes: { read(key: string): string | undefined; write(key: string, text: string): void },
): Promise<Result<ProgramConfig, ConfigRefusal>> {
  let text: string | undefined;
  let trouble = 'the server gave no configuration';
  try {
    const response = await fetchConfig();
    if (response.ok) text = await response.text();
    else trouble = `the server answered ${response.status} for /config.json`;
  } catch (cause) {
    trouble = String(cause);
  }
  if (text !== undefined) notes.write(LAST_CONFIG, text);
  const known = text ?? notes.read(LAST_CONFIG);
  return known === undefined ? err({ code: 'unreachable', detail: trouble }) : readConfig(known);
}

/** What this device was when its server last answered; undefined where it never did. */
export function rememberedRole(
  readNote: (key: string) => string | undefined,
): ProgramConfig['role'] | undefined {
  const known = readConfig(readNote(LAST_CONFIG) ?? '');
  return known.ok ? known.value.role : undefined;
}

function readConfig(text: string): Result<ProgramConfig, ConfigRefusal> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return err({ code: 'not-understood', detail: String(cause) });
  }
  const parsed = v.safeParse(programConfigSchema, value);
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  return err({ code: 'not-understood', detail: `${v.getDotPath(issue) ?? 'config'}: ${issue.message}` });
}
