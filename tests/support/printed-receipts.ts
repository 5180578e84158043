/** A receipt as it came out of a printer, read back from its paper. Amounts in minor units of a two-decimal currency. */
export type PrintedReceipt = {
  readonly receipt: string;
  readonly total: number;
  readonly tax: number;
  /** What cash stayed in the drawer: received minus change. */
  readonly cash: number;
};

/** The English sale receipts a virtual printer has printed, oldest first; reports and copies are left out. */
export async function readPrintedReceipts(printerPage: number): Promise<PrintedReceipt[]> {
  const papers = (await (await fetch(`http://127.0.0.1:${printerPage}/papers`)).json()) as {
    number: number;
  }[];
  const numbers = papers.map((paper) => paper.number).sort((a, b) => a - b);
  const texts = await Promise.all(
    numbers.map(async (number) =>
      (await fetch(`http://127.0.0.1:${printerPage}/papers/${number}.txt`)).text(),
    ),
  );
  return texts.flatMap((text) => readReceipt(text) ?? []);
}

/** A receipt as its paper says it; undefined for a report or a copy. */
export function readReceipt(text: string): PrintedReceipt | undefined {
  const receipt = /^(?:Receipt|Recibo)\s+(S\d+-R\d+-\d+)/m.exec(text)?.[1];
  if (receipt === undefined) return undefined;
  return {
    receipt,
    total: amount(text, /^TOTAL\s+£?(-?[\d.,]+)/m) ?? Number.NaN,
    tax: amount(text, /^(?:VAT|IVA) [\d.,]+\s?% \S+ [\d.,]+\s+(-?[\d.,]+)/m) ?? Number.NaN,
    cash:
      (amount(text, /^(?:Cash received|Efectivo recibido)\s+(-?[\d.,]+)/m) ?? 0) -
      (amount(text, /^(?:Change|Cambio)\s+(-?[\d.,]+)/m) ?? 0),
  };
}

function amount(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Math.round(Number(found.replace(',', '.')) * 100);
}
