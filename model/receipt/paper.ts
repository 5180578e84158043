import * as v from 'valibot';

/**
 * What goes on a paper, free of any printer language (rule P1). The bridge turns it into ESC/POS, the virtual
 * printer into a picture, the screen into text; all three show the same lines.
 */
const textStyle = {
  bold: v.optional(v.boolean()),
  size: v.optional(v.picklist(['normal', 'double'])),
};
const shortText = v.pipe(v.string(), v.maxLength(500));

/** One line of a paper. `columns` puts `left` at the left edge and `right` at the right edge of the same line. */
export const paperLineSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('text'),
    text: shortText,
    align: v.optional(v.picklist(['left', 'center', 'right'])),
    ...textStyle,
  }),
  v.strictObject({ kind: v.literal('columns'), left: shortText, right: shortText, ...textStyle }),
  v.strictObject({ kind: v.literal('rule') }),
  v.strictObject({
    kind: v.literal('feed'),
    lines: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20)),
  }),
  v.strictObject({
    kind: v.literal('barcode'),
    symbology: v.picklist(['code128', 'ean13']),
    data: v.pipe(
      v.string(),
      v.regex(/^[\x20-\x7e]{1,40}$/, 'a barcode holds 1 to 40 printable ASCII characters'),
    ),
  }),
  v.strictObject({
    kind: v.literal('qr'),
    data: v.pipe(
      v.string(),
      v.regex(/^[\x20-\x7e]{1,500}$/, 'a QR code holds 1 to 500 printable ASCII characters'),
    ),
  }),
]);

/** A whole paper: a receipt, an X or Z report, a test page. It is cut after its last line. */
export const paperSchema = v.strictObject({
  title: shortText,
  language: v.picklist(['en', 'es']),
  lines: v.pipe(v.array(paperLineSchema), v.minLength(1), v.maxLength(5000)),
});

/** One line of a paper, printer-neutral. */
export type PaperLine = v.InferOutput<typeof paperLineSchema>;

/** A printer-neutral paper, ready for a queue. */
export type Paper = v.InferOutput<typeof paperSchema>;
