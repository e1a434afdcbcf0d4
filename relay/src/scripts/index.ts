export { runScript } from './run-script.ts';
export type { ScriptLimits } from './limits.ts';
export type { SendStatement } from './run.ts';
