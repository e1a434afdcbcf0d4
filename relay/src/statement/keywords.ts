/** Every word that the grammar gives a meaning. A word that is not here is a name, or the name of an option. */
export const KEYWORDS = ['SELECT'] as const;

export type Keyword = (typeof KEYWORDS)[number];
