/** Snowflake Scripting for a program that runs its blocks itself, statement by statement. */
export { notRunIn, placesOf, type Script, scriptOf } from './script/script-of.ts';
export { intoOf, statementText, type VariableText } from './script/statement-text.ts';
