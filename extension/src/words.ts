/** Every text that people read, in English; those of the manifest are in `package.nls.json`. Grouped by what shows them. */
export const WORDS = {
  product: 'Sluice',
} as const;

export type Words = typeof WORDS;
