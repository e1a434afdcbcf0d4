import type { Witness } from '../../../desktop-approver/src/ports.ts';

/** What watches nothing. */
export const noWitness: Witness = { acknowledge: async () => {}, trust: async () => {} };
