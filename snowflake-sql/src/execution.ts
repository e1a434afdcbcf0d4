/**
 * For programs that run analysed statements: bound statements, how sensitive columns may be read in them, and what is
 * known about functions and types. Snowflake itself is sent a text (`withFloor`); for another warehouse, the bound
 * statement is translated.
 *
 * @module
 */
export { bind } from './bind/index.ts';
export { parseName, resolveParts } from './bind/names.ts';
export { optionsOfCreate } from './bind/stage-options.ts';
export { earlierNamed } from './bind/table-functions.ts';
export { newBudget } from './budget.ts';
export * from './bound/index.ts';
export { type FloorText, type Replaced, salted, withFloor } from './floor-text/index.ts';
export { familyOfType, functionNamed, lengthOfText } from './functions/index.ts';
export { createGrowth, type Growth } from './growth.ts';
export { parseType } from './parse-type.ts';
