import type { DisplayStatus, PoleText } from '#model/receipt/pole-text.ts';
import type {
  BridgeRefusal,
  DrawerJob,
  PrinterStatus,
  PrintJob,
  PrintJobStatus,
  Resolution,
} from '#model/receipt/print-job.ts';

/** What the bridge made of a request: it took it, it refused it for good, or it is not there now. */
export type BridgeAnswer<Value> =
  | { readonly kind: 'taken'; readonly value: Value }
  | { readonly kind: 'refused'; readonly status: number; readonly refusal: BridgeRefusal }
  | { readonly kind: 'away' };

/** The hardware bridge as the till uses it. */
export interface Bridge {
  /** Hands a paper over; the same id twice is harmless. */
  print(job: PrintJob): Promise<BridgeAnswer<PrintJobStatus>>;
  /** Opens the drawer now. */
  openDrawer(job: DrawerJob): Promise<BridgeAnswer<PrintJobStatus>>;
  /** Where a job stands. */
  job(id: string): Promise<BridgeAnswer<PrintJobStatus>>;
  /** Answers what became of a paper nobody can be sure of. */
  resolve(id: string, resolution: Resolution): Promise<BridgeAnswer<PrintJobStatus>>;
  /** How a printer is. */
  printer(device: string): Promise<BridgeAnswer<PrinterStatus>>;
  /** Shows a text on a pole display; the latest wins. */
  display(device: string, text: PoleText): Promise<BridgeAnswer<DisplayStatus>>;
}

const PATIENCE_MS = 5000;

/** The bridge behind the app server's `/bridge`. */
export class HttpBridge implements Bridge {
  print(job: PrintJob): Promise<BridgeAnswer<PrintJobStatus>> {
    return ask('/bridge/v1/jobs', job);
  }

  openDrawer(job: DrawerJob): Promise<BridgeAnswer<PrintJobStatus>> {
    return ask('/bridge/v1/drawer/open', job);
  }

  job(id: string): Promise<BridgeAnswer<PrintJobStatus>> {
    return ask(`/bridge/v1/jobs/${encodeURIComponent(id)}`);
  }

  resolve(id: string, resolution: Resolution): Promise<BridgeAnswer<PrintJobStatus>> {
    return ask(`/bridge/v1/jobs/${encodeURIComponent(id)}/resolve`, resolution);
  }

  printer(device: string): Promise<BridgeAnswer<PrinterStatus>> {
    return ask(`/bridge/v1/devices/${encodeURIComponent(device)}/status`);
  }

  display(device: string, text: PoleText): Promise<BridgeAnswer<DisplayStatus>> {
    return ask(`/bridge/v1/displays/${encodeURIComponent(device)}`, text, 'PUT');
  }
}

async function ask<Value>(path: string, body?: unknown, method = 'POST'): Promise<BridgeAnswer<Value>> {
  try {
    const response = await fetch(path, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined
        ? {}
        : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const isJson = response.headers.get('content-type')?.includes('application/json') ?? false;
    if (!isJson || response.status >= 500) return { kind: 'away' };
    const answer: unknown = await response.json();
    if (response.ok) return { kind: 'taken', value: answer as Value };
    return { kind: 'refused', status: response.status, refusal: answer as BridgeRefusal };
  } catch {
    return { kind: 'away' };
  }
}
