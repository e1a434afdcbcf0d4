/** A verifier of its own, from docs/recording-format.md: it shares no code with the relay that makes the record. */
export { hashOf } from './export-line.ts';
export type { Finding } from './findings.ts';
export { handedOverTo } from './handover.ts';
export { linesOf } from './lines.ts';
export { isConsistent, type Tree } from './merkle.ts';
export {
  type Checkpoint,
  cosignatureLine,
  deviceWitness,
  fingerprintOf,
  isCosignedBy,
  isSignedBy,
  logKey,
  type NoteKey,
  readCheckpoint,
  witnessKey,
  witnessKeyText,
} from './note.ts';
export { type Proof, verifyExport, type VerifyOptions } from './verify-export.ts';
