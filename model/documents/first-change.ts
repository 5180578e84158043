/**
 * The first change of every document: actor `00`, time 0, an empty map of entries. It is the same bytes on every device,
 * so two devices that create a document while apart fill one map, not two of which one would be hidden (rule D2).
 */
export const FIRST_CHANGE_HASH = '1c2fb89024f5702ab829bf8ef3fd4bf930f0d3704d8903ddc878a0a5cae6f178';

const FIRST_CHANGE_HEX =
  '856f4a831c2fb8900123000100010100000005150934014202560270027f07656e7472696573017f007f007f00';

/** The bytes of the first change, written down so that no later version of a library can make different ones. */
export const FIRST_CHANGE: Uint8Array = Uint8Array.from(FIRST_CHANGE_HEX.match(/../g) ?? [], (pair) =>
  Number.parseInt(pair, 16),
);
