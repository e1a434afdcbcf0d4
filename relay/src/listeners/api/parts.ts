import type { RecordedEvent } from '@sluice/contract';
import type { Approvals, Devices, Grants, Openings, Reviews } from '../../approval/index.ts';
import type { NewRevocation, Revocation } from '../../identity/index.ts';
import type {
  Checkpoint,
  EventSearch,
  FoundEvents,
  LegalHolds,
  ListedSession,
  Retention,
  SessionFilter,
} from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import type { SessionState } from '../../warehouse/index.ts';
import type { LiveChannel } from './live/live-channel.ts';
import type { SessionAccess } from './session-access.ts';

/** Everything the API works with, handed over by the composition root. */
export interface ApiParts {
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
    /** With `relay`, the relay's own session is among them. */
    list(filter: SessionFilter & { readonly relay?: boolean }): Promise<readonly ListedSession[]>;
    search(search: EventSearch): Promise<FoundEvents>;
    /** From `after` (a `seq`, or -1) on; nothing when there is no such session. */
    events(session: SessionId, after: number): AsyncIterable<RecordedEvent>;
  };
  readonly sessionAccess: SessionAccess;
  readonly checkpoints: {
    /** Newest first; with `below`, only those over fewer events. */
    list(page: { readonly below?: number; readonly limit: number }): Promise<readonly Checkpoint[]>;
    take(): Promise<Checkpoint>;
  };
  readonly holds: LegalHolds;
  readonly retention: Retention;
  /** Puts on the record what somebody has looked at that is others'; durable when the promise resolves. */
  readonly noteOf: (what: 'record_searched', detail: Readonly<Record<string, string>>) => Promise<unknown>;
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
