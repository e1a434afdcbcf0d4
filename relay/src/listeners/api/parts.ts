import type { CheckpointKeys, HandoverView, RecordedEvent, SignInPlaces } from '@sluice/contract';
import type { Approvals, Devices, Grants, Openings, Reviews } from '../../approval/index.ts';
import type { NewRevocation, Revocation } from '../../identity/index.ts';
import type {
  Checkpoint,
  DeviceCosignature,
  EnrolmentRepair,
  EventSearch,
  FoundEvents,
  LegalHolds,
  Retention,
  SessionPage,
  SessionPageOptions,
} from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import type { SessionState } from '../../warehouse/index.ts';
import type { LiveChannel } from './live/live-channel.ts';
import type { SessionAccess } from './session-access.ts';

/** Everything the API works with, handed over by the composition root. */
export interface ApiParts {
  readonly signInPlaces: SignInPlaces;
  readonly approvals: Approvals;
  readonly grants: Grants;
  readonly devices: Devices;
  readonly reviews: Reviews;
  readonly live: LiveChannel;
  readonly openings: Openings;
  /** What a session begins with. */
  readonly defaults: Pick<SessionState, 'database' | 'schema'>;
  /** The mailbox that an address delivers to, to compare people by; null when it is none. */
  readonly mailboxOf: (address: string) => string | null;
  readonly revocations: {
    revoke(revocation: NewRevocation): Promise<Revocation>;
    list(): readonly Revocation[];
  };
  readonly sessions: {
    page(options: SessionPageOptions): Promise<SessionPage>;
    /** The payload at a place among those that an event names; null when there is none, or none any more. */
    payload(session: SessionId, seq: number, place: number): Promise<Uint8Array | null>;
    search(search: EventSearch): Promise<FoundEvents>;
    /**
     * One session with everything that proves it. Throws `session_unknown`, and `record_contradicted` when the store does
     * not hold what was recorded, before there is any of it.
     */
    export(session: SessionId): Promise<AsyncIterable<string>>;
    /** From `after` (a `seq`, or -1) on; nothing when there is no such session. */
    events(session: SessionId, after: number): AsyncIterable<RecordedEvent>;
  };
  readonly sessionAccess: SessionAccess;
  readonly checkpoints: {
    /** Newest first; with `below`, only those over fewer events. */
    list(page: { readonly below?: number; readonly limit: number }): Promise<readonly Checkpoint[]>;
    take(): Promise<Checkpoint>;
    /** That the log's tree of `size` events begins with the one of `from`; hex. Throws `checkpoint_unknown`. */
    proof(from: number, size: number): Promise<string[]>;
    handovers(): Promise<HandoverView[]>;
    /** Throws `approver_not_allowed`, `checkpoint_unknown`, `cosignature_refused`. */
    cosign(cosignature: DeviceCosignature): Promise<Checkpoint>;
    /** What it signs with, and who cosigns. */
    keys(): Promise<Omit<CheckpointKeys, 'version'>>;
  };
  readonly holds: LegalHolds;
  readonly enrolmentRepair: EnrolmentRepair;
  readonly retention: Retention;
  /** Puts on the record what somebody has looked at that is others'; durable when the promise resolves. */
  readonly noteOf: (
    what: 'record_searched' | 'session_exported',
    detail: Readonly<Record<string, string>>,
  ) => Promise<unknown>;
  readonly groups: {
    /** May revoke. */
    readonly security: readonly string[];
    /** May see everybody's sessions. */
    readonly auditors: readonly string[];
    /** May place and release legal holds, and run retention. */
    readonly recordKeepers: readonly string[];
  };
  readonly integrations: readonly IntegrationCallback[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of errors that are not the client's. */
  readonly onError: (error: unknown) => void;
}

/** A ticketing system or the like that may decide, as the configuration says; never a person's stand-in. */
export interface IntegrationCallback {
  readonly name: string;
  /** Standard Webhooks secret, `whsec_...`. */
  readonly secret: string;
  /** The approver groups that it counts as a member of. */
  readonly groups: readonly string[];
}
