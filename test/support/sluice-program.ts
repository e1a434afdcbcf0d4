import { fileURLToPath } from 'node:url';

/** The command-line program, from its sources. */
export const SLUICE = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));
