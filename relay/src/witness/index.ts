export { witnessesConfig } from './sender/config.ts';
export { witnessesOf } from './sender/witnesses-of.ts';
export { createWitnesses, type Witnesses, type WitnessStatus } from './sender/witnesses.ts';
export type { RecordedLog, WitnessConflict } from './sender/witness.ts';
export { createWitness, type FollowedLog } from './server/add-checkpoint.ts';
export { serveWitness } from './server/serve-witness.ts';
export { witnessStateIn } from './server/witness-state.ts';
