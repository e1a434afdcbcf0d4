/**
 * Stryker switches a mutant on before the tests of a file and leaves it on: what the next file does while it loads
 * (its tables of cases, its fixtures) must not run under it.
 */
const { __stryker__: stryker } = globalThis as { __stryker__?: { activeMutant?: string | undefined } };
if (stryker !== undefined) stryker.activeMutant = undefined;
