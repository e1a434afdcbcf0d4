/** What an account's owner has tried on it before people depend on it: fixed statements, whose rows go nowhere. */
export { tryAccount, type TrialStep } from './snowflake/trial/trial.ts';
