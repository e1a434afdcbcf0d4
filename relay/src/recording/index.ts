export { type Checkpoint, isSignedBy, originOf, parseCheckpoint } from './checkpoints/checkpoint.ts';
export { contradiction } from './checkpoints/contradiction.ts';
export { isConsistent } from './checkpoints/consistency.ts';
export {
  cosign,
  type CosigningKey,
  isCosignature,
  isCosignedBy,
  parseWitnessKey,
  type WitnessKey,
  witnessKeyOf,
  witnessKeyText,
} from './checkpoints/cosignature.ts';
export {
  type DeviceCosignature,
  deviceWitness,
  keepDeviceCosignature,
} from './checkpoints/device-cosignatures.ts';
export { logTree } from './checkpoints/log-tree.ts';
export { rootOfNodes } from './checkpoints/merkle.ts';
export {
  NOTE_ALGORITHM,
  noteKeyId,
  type NoteSignature,
  parseNote,
  parseSignatureLine,
  signatureLine,
  type SignedNote,
} from './checkpoints/note.ts';
export { type HeadFile, headFile, headInMemory, type SignedHead } from './checkpoints/head-file.ts';
export { type HighWater, highWaterFile, highWaterInMemory } from './checkpoints/high-water.ts';
export { type AcceptedLoss, acceptLoss } from './checkpoints/accept-loss.ts';
export { lostEvents } from './checkpoints/lost-events.ts';
export { fingerprint, rawKey, type Signer, signerOf, signersFromFile, spki } from './checkpoints/signer.ts';
export {
  type PayloadKeyState,
  payloadKeyStates,
  retirePayloadKeys,
  rotatePayloadKey,
} from './keys/payload-keys.ts';
export {
  retireSigningKeys,
  rotateSigningKey,
  type SigningKeyState,
  signingKeyStates,
} from './keys/signing-keys.ts';
export { type Attestation, exportSession } from './export/export-session.ts';
export { handoversOf } from './export/handovers.ts';
export { ocsfEvent } from './export/ocsf.ts';
export { otelLog } from './export/otel-log.ts';
export { type EventRange, type StreamedEvent, streamEvents } from './export/stream-events.ts';
export { type LinkKey, type LinkKeys, openLinkKeys } from './payloads/data-keys.ts';
export { openSessionSeals, type RelaySeals } from './payloads/relay-seals.ts';
export { type KeyVault, vaultFromFile, vaultOf } from './payloads/key-vault.ts';
export { readEventPayload } from './payloads/read-event-payload.ts';
export { type Payload, type PayloadReader, payloadReader } from './payloads/payload-store.ts';
export type { SealedPayload } from './payloads/payload-store.ts';
export type * from './ports.ts';
export { keptNotices, openRelayNotices } from './relay-notices.ts';
export { devicesIn, devicesOnRecord, type RecordedDevice } from './devices-on-record.ts';
export {
  followEvents,
  type Followed,
  type FollowedEvents,
  type RecordedPlace,
  type Story,
  type ToldEvent,
} from './followed-events.ts';
export type { ProvenRecord } from './proven-record.ts';
export type { ProvenEvents, ProvingReaders } from './log/proven-events.ts';
export { eventOf, type RecordsEvents } from './log/event-log.ts';
export { endNobodySaw } from './log/open-statements.ts';
export type * from './log/open-statements.ts';
export {
  openRecorder,
  type OpenRecord,
  type Recorder,
  type Recording,
  type RecordingOptions,
} from './recorder.ts';
export { createEnrolmentRepair, type EnrolmentRepair, type RepairOrder } from './repair/repair-enrolments.ts';
export type { SpoiltEnrolment } from './repair/spoilt-enrolments.ts';
export type { RulePreview } from './retention/preview.ts';
export {
  openRetention,
  type Retention,
  type RetentionOrder,
  type RetentionStatus,
} from './retention/retention.ts';
export type { RetentionRule } from './retention/rule.ts';
export { NOTICE_MS } from './retention/rules-on-record.ts';
export type { RetentionRun, RunState } from './retention/run-store.ts';
export { type EventSearch, type FoundEvent, type FoundEvents, searchEvents } from './search/search.ts';
export {
  addPacked,
  type Bits,
  BLOCK,
  keepCommon,
  noBits,
  offsetsOf,
  packOffsets,
} from './search/postings.ts';
export { termOf, withOpener } from './search/terms.ts';
export {
  createLegalHolds,
  type HeldSession,
  type HoldOrder,
  type LegalHold,
  type LegalHolds,
} from './legal-holds.ts';
export { excerptOf } from './excerpt.ts';
export { type SessionPage, sessionPage, type SessionPageOptions } from './session-page.ts';
export { listSessions, type ListedSession, replay } from './sessions.ts';
export { isSessionOpen } from './session-standing.ts';
export { isOpenSince, type StatementStanding, statementStanding } from './statement-standing.ts';
export { type EndOfStatement, endOnRecord, type SentStatement, sentAs } from './statements.ts';
export { currentFirst } from './checkpoints/checkpointer.ts';
export { linesOf } from './verify/lines.ts';
export { readPublicKeys } from './verify/read-public-keys.ts';
export type { Removals } from './verify/removed-by-rule.ts';
export { type Problem, problemText, type VerifyReport, type VoidedEnrolments } from './verify/report.ts';
export { type Quorum } from './verify/quorum.ts';
export { type SameLog, sameLog, type Shown } from './verify/same-log.ts';
export { verifyExport } from './verify/verify-export.ts';
export { verifyLists } from './verify/verify-lists.ts';
export { MOST_UNSIGNED, verifyStore } from './verify/verify-store.ts';
export { keepHeapSmall } from './verify/heap.ts';
