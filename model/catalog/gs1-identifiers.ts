/**
 * An application identifier of GS1 (rule B6; General Specifications §3.2). `least` and `most` are the lengths of its data.
 * `form` says what the data is: digits, any text, a GTIN or other key with a check digit, a date, a currency and an amount.
 */
export type Gs1Identifier = {
  readonly ai: string;
  readonly least: number;
  readonly most: number;
  readonly form: 'digits' | 'text' | 'key' | 'day' | 'money' | 'moment';
  /** Identifiers of which one must stand beside it. */
  readonly needs?: readonly string[];
};

const ITEM = ['01', '02', '03', '8006', '8026'];
const SOLD = ['01', '02'];

/** `ai`, or a range of them, then form and lengths. */
const TABLE: readonly (readonly [string, Gs1Identifier['form'], number, number, (readonly string[])?])[] = [
  ['00', 'key', 18, 18],
  ['01', 'key', 14, 14],
  ['02', 'key', 14, 14, ['37']],
  ['03', 'key', 14, 14],
  ['10', 'text', 1, 20, ITEM],
  ['11-13', 'day', 6, 6, ITEM],
  ['15-17', 'day', 6, 6, [...ITEM, '255']],
  ['20', 'digits', 2, 2, ITEM],
  ['21', 'text', 1, 20, ['01', '03', '8006']],
  ['22', 'text', 1, 20, ['01']],
  ['235', 'text', 1, 28, ['01']],
  ['240-241', 'text', 1, 30, ITEM],
  ['242', 'digits', 1, 6, SOLD],
  ['243', 'text', 1, 20, ['01']],
  ['250', 'text', 1, 30, ['01', '8006']],
  ['251', 'text', 1, 30, ['01', '8006']],
  ['253', 'text', 13, 30],
  ['254', 'text', 1, 20, ['414']],
  ['255', 'digits', 13, 25],
  ['30', 'digits', 1, 8, SOLD],
  ['3100-3105', 'digits', 6, 6, SOLD],
  ['3110-3115', 'digits', 6, 6, SOLD],
  ['3120-3125', 'digits', 6, 6, SOLD],
  ['3130-3135', 'digits', 6, 6, SOLD],
  ['3140-3145', 'digits', 6, 6, SOLD],
  ['3150-3155', 'digits', 6, 6, SOLD],
  ['3160-3165', 'digits', 6, 6, SOLD],
  ['3200-3205', 'digits', 6, 6, SOLD],
  ['3210-3215', 'digits', 6, 6, SOLD],
  ['3220-3225', 'digits', 6, 6, SOLD],
  ['3230-3235', 'digits', 6, 6, SOLD],
  ['3240-3245', 'digits', 6, 6, SOLD],
  ['3250-3255', 'digits', 6, 6, SOLD],
  ['3260-3265', 'digits', 6, 6, SOLD],
  ['3270-3275', 'digits', 6, 6, SOLD],
  ['3280-3285', 'digits', 6, 6, SOLD],
  ['3290-3295', 'digits', 6, 6, SOLD],
  ['3300-3305', 'digits', 6, 6, ['00', '01']],
  ['3310-3315', 'digits', 6, 6, ['00', '01']],
  ['3320-3325', 'digits', 6, 6, ['00', '01']],
  ['3330-3335', 'digits', 6, 6, ['00', '01']],
  ['3340-3345', 'digits', 6, 6, ['00', '01']],
  ['3350-3355', 'digits', 6, 6, ['00', '01']],
  ['3360-3365', 'digits', 6, 6, ['00', '01']],
  ['3370-3375', 'digits', 6, 6, ['01']],
  ['3400-3405', 'digits', 6, 6, ['00', '01']],
  ['3410-3415', 'digits', 6, 6, ['00', '01']],
  ['3420-3425', 'digits', 6, 6, ['00', '01']],
  ['3430-3435', 'digits', 6, 6, ['00', '01']],
  ['3440-3445', 'digits', 6, 6, ['00', '01']],
  ['3450-3455', 'digits', 6, 6, ['00', '01']],
  ['3460-3465', 'digits', 6, 6, ['00', '01']],
  ['3470-3475', 'digits', 6, 6, ['00', '01']],
  ['3480-3485', 'digits', 6, 6, ['00', '01']],
  ['3490-3495', 'digits', 6, 6, ['00', '01']],
  ['3500-3505', 'digits', 6, 6, SOLD],
  ['3510-3515', 'digits', 6, 6, SOLD],
  ['3520-3525', 'digits', 6, 6, SOLD],
  ['3530-3535', 'digits', 6, 6, ['00', '01']],
  ['3540-3545', 'digits', 6, 6, ['00', '01']],
  ['3550-3555', 'digits', 6, 6, ['00', '01']],
  ['3560-3565', 'digits', 6, 6, SOLD],
  ['3570-3575', 'digits', 6, 6, SOLD],
  ['3600-3605', 'digits', 6, 6, SOLD],
  ['3610-3615', 'digits', 6, 6, SOLD],
  ['3620-3625', 'digits', 6, 6, ['00', '01']],
  ['3630-3635', 'digits', 6, 6, ['00', '01']],
  ['3640-3645', 'digits', 6, 6, SOLD],
  ['3650-3655', 'digits', 6, 6, SOLD],
  ['3660-3665', 'digits', 6, 6, SOLD],
  ['3670-3675', 'digits', 6, 6, ['00', '01']],
  ['3680-3685', 'digits', 6, 6, ['00', '01']],
  ['3690-3695', 'digits', 6, 6, ['00', '01']],
  ['37', 'digits', 1, 8, ['00', '02', '8026']],
  ['3900-3909', 'digits', 1, 15, ['255', '8020']],
  ['3910-3919', 'money', 4, 18, ['8020']],
  ['3920-3929', 'digits', 1, 15, ['01']],
  ['3930-3939', 'money', 4, 18, ['01']],
  ['3940-3943', 'digits', 4, 4, ['255']],
  ['3950-3955', 'digits', 6, 6, ['01']],
  ['400', 'text', 1, 30],
  ['401', 'text', 1, 30],
  ['402', 'key', 17, 17],
  ['403', 'text', 1, 30, ['00']],
  ['410-417', 'key', 13, 13],
  ['420', 'text', 1, 20],
  ['421', 'text', 4, 12],
  ['422', 'digits', 3, 3, ITEM],
  ['423', 'digits', 3, 15, SOLD],
  ['424', 'digits', 3, 3, SOLD],
  ['425', 'digits', 3, 15, SOLD],
  ['426', 'digits', 3, 3, SOLD],
  ['427', 'text', 1, 3, SOLD],
  ['7001', 'digits', 13, 13, ITEM],
  ['7002', 'text', 1, 30, SOLD],
  ['7003', 'moment', 10, 10, SOLD],
  ['7004', 'digits', 1, 4, SOLD],
  ['7005', 'text', 1, 12, SOLD],
  ['7006-7007', 'digits', 6, 12, SOLD],
  ['7008', 'text', 1, 3, SOLD],
  ['7009', 'text', 1, 10, SOLD],
  ['7010', 'text', 1, 2, SOLD],
  ['7020-7022', 'text', 1, 20, SOLD],
  ['7023', 'text', 1, 30],
  ['7030-7039', 'text', 4, 30, SOLD],
  ['710-717', 'text', 1, 20, ['01']],
  ['8001', 'digits', 14, 14, ['01']],
  ['8002', 'text', 1, 20],
  ['8003', 'text', 14, 30],
  ['8004', 'text', 1, 30],
  ['8005', 'digits', 6, 6, SOLD],
  ['8006', 'digits', 18, 18],
  ['8007', 'text', 1, 34, ['8020']],
  ['8008', 'digits', 8, 12, SOLD],
  ['8010', 'text', 1, 30],
  ['8011', 'digits', 1, 12, ['8010']],
  ['8012', 'text', 1, 20, SOLD],
  ['8013', 'text', 1, 25],
  ['8017-8018', 'key', 18, 18],
  ['8019', 'digits', 1, 10, ['8017', '8018']],
  ['8020', 'text', 1, 25, ['415']],
  ['8026', 'digits', 18, 18, ['37']],
  ['8110', 'text', 1, 70],
  ['8111', 'digits', 4, 4, ['255']],
  ['8112', 'text', 1, 70],
  ['8200', 'text', 1, 70, ['01']],
  ['90', 'text', 1, 30],
  ['91-99', 'text', 1, 90],
];

const BY_AI = new Map<string, Gs1Identifier>(
  TABLE.flatMap(([range, form, least, most, needs]) => {
    const [first = '', last = first] = range.split('-');
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => {
      const ai = String(Number(first) + i).padStart(first.length, '0');
      return [ai, { ai, form, least, most, ...(needs ? { needs } : {}) }] as const;
    });
  }),
);

/**
 * Lengths of identifier and data together, by the first two digits, of those that end by their length and need no separator
 * (rule B5; GS1 General Specifications figure 7.8.5-2).
 */
const PREDEFINED: ReadonlyMap<string, number> = new Map(
  (
    [
      [20, '00'],
      [18, '04'],
      [16, '01 02 03 41'],
      [8, '11 12 13 14 15 16 17 18 19'],
      [4, '20'],
      [10, '31 32 33 34 35 36'],
    ] as const
  ).flatMap(([length, prefixes]) => prefixes.split(' ').map((prefix) => [prefix, length] as const)),
);

/** The identifier that data begins with; none is the beginning of another. */
export function identifierOf(data: string): Gs1Identifier | undefined {
  for (const length of [2, 3, 4]) {
    const known = BY_AI.get(data.slice(0, length));
    if (known) return known;
  }
  return undefined;
}

/** Digits of identifier and data together where the identifier's first two digits fix them; else undefined (rule B5). */
export function predefinedLength(ai: string): number | undefined {
  return PREDEFINED.get(ai.slice(0, 2));
}
