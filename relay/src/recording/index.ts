export { type Signer, signerOf, signersFromFile } from './checkpoints/signer.ts';
export { type KeyVault, vaultFromFile, vaultOf } from './payloads/key-vault.ts';
export { type Payload, type PayloadReader, payloadReader } from './payloads/payload-store.ts';
export { openRecorder, type Recorder, type Recording, type RecordingOptions } from './recorder.ts';
export { listSessions, replay, type SessionFilter, type SessionSummary } from './sessions.ts';
export { recordingMigrations } from './tables.ts';
