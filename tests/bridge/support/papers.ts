import type { Paper } from '#model/receipt/paper.ts';
import type { PrintJob } from '#model/receipt/print-job.ts';
import type { PrinterProfile } from '../../../hardware-bridge/printer-profiles.ts';

/** A printer at an address nobody listens on, with what a test changes about it. */
export function profile(changes: Partial<PrinterProfile> = {}): PrinterProfile {
  return {
    device: 'front',
    host: '127.0.0.1',
    port: 9,
    columns: 42,
    dots: 512,
    codePage: 16,
    confirm: 'auto',
    drawerPin: 2,
    ...changes,
  };
}

/** A paper with these lines. */
export function paper(...lines: Paper['lines']): Paper {
  return { title: 'Receipt', language: 'en', lines };
}

/** A receipt with everything a paper can hold. */
export function fullReceipt(): Paper {
  return paper(
    { kind: 'text', text: 'Camden Lock Gifts', align: 'center', bold: true, size: 'double' },
    { kind: 'text', text: '21 Chalk Farm Road\nVAT GB 123 4567 89', align: 'center' },
    { kind: 'feed', lines: 1 },
    { kind: 'columns', left: 'S01-R2-000123', right: '21 Nov 11:32' },
    { kind: 'rule' },
    { kind: 'columns', left: '2 × White metal lantern', right: '6.78' },
    { kind: 'columns', left: '1 × Café crème ½ L, hand-made by the people of the valley', right: '3.90 €' },
    { kind: 'rule' },
    { kind: 'columns', left: 'TOTAL', right: '£10.68', bold: true, size: 'double' },
    { kind: 'text', text: 'Ñandú, Ærø, ß and “quotes”', align: 'right' },
    { kind: 'barcode', symbology: 'code128', data: 'S01-R2-000123' },
    { kind: 'barcode', symbology: 'ean13', data: '4006381333931' },
    { kind: 'qr', data: 'https://tillmesh.example/r/S01-R2-000123' },
  );
}

/** A job whose paper carries its id, so that it can be told apart on the shelf. */
export function job(number: number | string, changes: Partial<PrintJob> = {}): PrintJob {
  const jobId = `S01-R1-${String(number).padStart(6, '0')}:receipt:0`;
  const lines = [
    { kind: 'columns' as const, left: 'Receipt', right: `<${jobId}>` },
    { kind: 'rule' as const },
  ];
  return { jobId, device: 'front', kind: 'receipt', paper: paper(...lines), ...changes };
}
