/** Setting the hook up: for `sluice hook install` and for editors. */
export type { HarnessFile } from './hook-files.ts';
export type { Environment } from './hook-places.ts';
export { installHook, uninstallHook } from './install-hook.ts';
export { SetupProblem } from './setup-problem.ts';
export { writePlugin } from './write-plugin.ts';
