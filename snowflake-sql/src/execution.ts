/**
 * For who runs what was analysed: statements in which every name has its meaning, what may be read of sensitive columns
 * in them, and what is known of functions and types. A warehouse of Snowflake's own gets a text (`withFloor`); another
 * one translates the bound statement.
 *
 * @module
 */
export { bind } from './bind/index.ts';
export { newBudget } from './budget.ts';
export * from './bound/index.ts';
export { type FloorText, type Replaced, withFloor } from './floor-text/index.ts';
export { familyOfType, functionNamed, lengthOfText } from './functions/index.ts';
export { createGrowth, type Growth } from './growth.ts';
