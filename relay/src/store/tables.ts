import type { Generated } from 'kysely';

/**
 * The relay's tables, the same in both databases. Times are milliseconds since the epoch where they are numbers, and
 * ISO 8601 in UTC where they are texts. `content` and the like are JSON.
 */
export interface Tables extends RecordTables, ApprovalTables, IdentityTables, SessionTables, ChangeTables {
  readonly delivery: {
    readonly key: string;
    readonly channel: string;
    /** Null once it is done with. */
    readonly message: string | null;
    readonly attempts: number;
    /** Null once it is done with. */
    readonly due_at: number | null;
  };
  readonly column_tag: {
    readonly database: string;
    readonly schema: string;
    readonly object: string;
    readonly column_name: string;
    readonly tag: string;
    /** JSON of the path's steps, or empty for the whole column. */
    readonly path: string;
    readonly origin: 'flow' | 'import';
  };
  /** What happened, by the hour: derived from the events. */
  readonly activity_hour: {
    /** `2026-11-22T10`, in UTC. */
    readonly hour: string;
    readonly what: string;
    readonly count: number;
  };
  /** One row: the newest event that is counted there. */
  readonly activity_place: { readonly one: number; readonly position: number };
  readonly usage_day: {
    readonly identity: string;
    /** `YYYY-MM-DD` in the policy's time zone. */
    readonly day: string;
    readonly rows: number;
    readonly bytes: number;
  };
  /** Policies that have been in force, each with when it was put so; the newest is. */
  readonly policy_version: {
    readonly number: Generated<number>;
    readonly version: string;
    readonly since: number;
  };
  /** Relays on this store, where there may be several; `relay` is of one start of one. */
  readonly relay_seen: { readonly relay: string; readonly seen_at: number };
  /** Statements that were sent to a relay that is gone, and the one that has gone on with each. */
  readonly statement_moved: { readonly statement: string; readonly session: string; readonly relay: string };
}

interface ChangeTables {
  /** One row: the number of the newest change. Whoever writes holds it until the end of the transaction. */
  readonly change_head: { readonly one: 1; readonly number: number };
  readonly change: {
    readonly number: number;
    readonly topic: string;
    readonly key: string;
    readonly at: number;
  };
}

interface RecordTables {
  /** One row: which log this is, and how many events it holds. */
  readonly recorded_log: { readonly one: 1; readonly relay_session: string; readonly size: number };
  /** Every event of every session; `position` is its leaf in the log's Merkle tree. */
  readonly recorded_event: {
    readonly position: number;
    readonly session: string;
    readonly seq: number;
    readonly at: string;
    readonly type: string;
    /** Null once retention has removed the body. */
    readonly salt: string | null;
    /** Canonical JSON. */
    readonly body: string | null;
    readonly body_digest: string;
    readonly previous: string;
    readonly hash: string;
    /** Shows that a relay of this store wrote it; empty for those of earlier versions. */
    readonly mac: string;
  };
  /** For lists: derived from events, never trusted by verification. */
  readonly recorded_session: {
    readonly session: string;
    readonly opened_at: string;
    readonly closed_at: string | null;
    readonly person: string;
    readonly subject: string;
    readonly name: string;
    readonly application: string;
    readonly agent: string | null;
    readonly held: 0 | 1;
    /** What retention has announced of it: 0 nothing, 1 its payloads, 2 its bodies too. */
    readonly removed: Generated<0 | 1 | 2>;
  };
  /** `redacted` events whose bodies and payloads have not been removed yet. */
  readonly recorded_removal: { readonly session: string; readonly seq: number };
  /** One row: the newest run of retention, and which relay has it. */
  readonly retention_run: {
    readonly one: 1;
    /** Null when none is under way. */
    readonly relay: string | null;
    /** Until when that relay has it, unless it says so again. */
    readonly until: number;
    /** What came of it, or has come of it so far. JSON. */
    readonly state: string;
    /** Up to when payloads that no event names have been looked for. */
    readonly swept: number;
  };
  /** The payloads that an event names, and the request that it answers. Derived. */
  readonly recorded_mention: {
    readonly position: number;
    readonly session: string;
    readonly kind: string;
    readonly value: string;
  };
  /** For search: the terms of an event that is in no block yet, or of a part of its text; one a line. Derived. */
  readonly recorded_recent: {
    readonly position: number;
    readonly part: number;
    readonly session: string;
    readonly at: string;
    readonly terms: string;
  };
  /** Neighbouring events, up to 8,192, whose terms are in `recorded_term`. Derived. */
  readonly recorded_block: {
    readonly block: number;
    readonly start_position: number;
    readonly end_position: number;
    readonly earliest: string;
    readonly latest: string;
  };
  readonly recorded_term: {
    readonly block: number;
    readonly term: string;
    /** From the start of the block, packed. */
    readonly offsets: Uint8Array;
  };
  /** Blocks with events that retention has taken out, which are to be cleaned of their terms. */
  readonly recorded_forgotten: { readonly block: number; readonly times: number };
  /** Texts too long to be indexed at once: of how many parts, and how many of them are in the index. */
  readonly recorded_long_text: {
    readonly position: number;
    readonly parts: number;
    readonly indexed: number;
  };
  /** Statements whose end is not on the record yet. Derived. */
  readonly recorded_open_statement: {
    readonly statement: string;
    readonly session: string;
    readonly relay: string;
    readonly executed: 0 | 1;
  };
  readonly recorded_payload: {
    readonly address: string;
    readonly data_key: string;
    /** Salt and compressed bytes, encrypted. */
    readonly sealed: Uint8Array;
    /** When it was last handed in. */
    readonly kept_at: number;
  };
  /** The keys that payloads are sealed with, each wrapped by a key of the vault. */
  readonly recorded_data_key: {
    readonly id: string;
    readonly created_at: number;
    readonly wrapped: Uint8Array;
    readonly wrapped_by: string;
  };
  /** Roots of full subtrees of 256, 65,536, ... leaves, so that a proof reads hundreds of rows, not all. */
  readonly recorded_subtree: { readonly level: number; readonly place: number; readonly hash: string };
  /** `note` alone says what was signed; the other columns are what the relay finds it by. */
  readonly recorded_checkpoint: {
    readonly size: number;
    readonly key: string;
    readonly at: string;
    readonly note: string;
  };
}

interface ApprovalTables {
  readonly approval: {
    readonly id: string;
    readonly statement: string;
    readonly session: string;
    readonly requester: string;
    readonly phase: string;
    readonly shape: string;
    readonly binding: string;
    readonly asked_at: number;
    /** When time next changes it; null once it has ended. */
    readonly due_at: number | null;
    /** When it is to be escalated; null when it is not, or has been. */
    readonly escalate_at: number | null;
    readonly revision: number;
    /** Everything of the approval beside the columns and the binds. */
    readonly content: string;
    /** Null once it has ended. */
    readonly binds: string | null;
  };
  readonly approval_grant: {
    readonly id: string;
    readonly requester: string;
    readonly expires_at: number;
    readonly revoked_at: number | null;
    /** Of those that all its statements may hit. */
    readonly rows_left: number;
    readonly content: string;
  };
  readonly approver_device: {
    readonly key: string;
    readonly identity: string;
    /** The owner's, to the letter: one identity id may have several accounts. */
    readonly subject: string;
    readonly name: string;
    readonly enrolled_at: number;
    /** The key that vouched for it, or the identity id of who did; null for a first one that was trusted. */
    readonly enrolled_by: string | null;
    readonly revoked_at: number | null;
  };
  readonly device_request: {
    readonly id: string;
    readonly asked_at: number;
    readonly content: string;
  };
  readonly break_glass_opening: {
    readonly id: string;
    readonly expires_at: number;
    readonly content: string;
  };
  readonly break_glass_review: {
    readonly id: string;
    readonly opened_at: number;
    readonly closed_at: number | null;
    readonly content: string;
  };
}

interface IdentityTables {
  readonly revocation: {
    /** Counts up. */
    readonly number: Generated<number>;
    readonly target: string;
    readonly reason: string;
    readonly by: string;
    readonly at: number;
  };
  readonly known_identity: {
    readonly id: string;
    readonly issuer: string;
    /** To the letter: one id may have several. */
    readonly subject: string;
    readonly for_deciding: number;
    readonly said: string;
  };
  /** Every name that an identity's tokens have ever borne: a name that was given up is still of that person. */
  readonly known_name: { readonly id: string; readonly name: string };
}

interface SessionTables {
  readonly session: {
    readonly number: Generated<number>;
    readonly id: string;
    readonly identity: string;
    readonly client: string;
    readonly state: string;
    readonly opened_at: number;
    readonly expires_at: number;
    readonly master_hash: string;
    readonly master_expires_at: number;
    /** How it ended; null while it is open. */
    readonly ended: string | null;
    /** JSON of what the next relay needs beside the state; null before a statement has changed it, and in the end. */
    readonly context: string | null;
    readonly context_version: number;
    /** Of one that its client shares without a token of it: what it is found by. Null for all others. */
    readonly shared_key: string | null;
    /** Shows that a relay of this store wrote it; empty for those of earlier versions. */
    readonly seal: string;
  };
  readonly session_token: {
    readonly hash: string;
    readonly session_id: string;
    readonly expires_at: number;
    readonly seal: string;
  };
}
