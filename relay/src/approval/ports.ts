import type { BreakGlassReview } from '@sluice/contract';
import type { Identity, IdentityId } from '../identity/index.ts';
import type { ProvingReaders, RecordsEvents } from '../recording/index.ts';
import type { ChangeFeed, Transaction, UnitOfWork } from '../unit-of-work.ts';
import type { Approval, ApprovalId } from './approval.ts';
import type { Enrolment } from './enrolment.ts';
import type { Grant, LiveGrant } from './grant.ts';
import type { Opening } from './opening.ts';

/** What approvals, grants, devices, openings and reviews need of a store. Times are milliseconds since the epoch. */
export interface ApprovalPartStore extends UnitOfWork<ApprovalPartTransaction>, ProvingReaders {
  readonly approvals: ApprovalsReader;
  readonly grants: GrantsReader;
  readonly devices: DevicesReader;
  readonly openings: OpeningsReader;
  readonly reviews: ReviewsReader;
  readonly changes: ChangeFeed;
}

export interface ApprovalPartTransaction extends Transaction, RecordsEvents, ProvingReaders {
  readonly approvals: ApprovalsStore;
  readonly grants: GrantsStore;
  readonly devices: DevicesStore;
  readonly openings: OpeningsStore;
  readonly reviews: ReviewsStore;
}

export interface ApprovalsReader {
  find(id: ApprovalId): Promise<Approval | null>;
  /** The newest request for this statement. */
  findByStatement(statement: string): Promise<Approval | null>;
  /** Asked, or approved and not yet used; oldest first. */
  open(): Promise<readonly Approval[]>;
  /** Ended ones, the newest first. */
  ended(filter: { readonly before: number; readonly limit: number }): Promise<readonly Approval[]>;
  /** Earlier ones of the same shape or requester, the newest first. */
  similarTo(approval: Approval, limit: number): Promise<readonly Approval[]>;
  /** Those that time expires or escalates by now. */
  due(now: number): Promise<readonly Approval[]>;
}

export interface ApprovalsStore extends ApprovalsReader {
  insert(approval: Approval): Promise<void>;
  /** Only over the revision that it was made from: false when somebody else has changed it since. */
  replace(before: Approval, after: Approval): Promise<boolean>;
}

export interface GrantsReader {
  /** Neither over nor taken back; those that end first come first. */
  live(now: number, requester?: IdentityId): Promise<readonly LiveGrant[]>;
}

export interface GrantsStore extends GrantsReader {
  add(grant: Grant): Promise<void>;
  /** Takes so many rows of what is left, or fewer; 0 when none are, or it has ended. */
  take(id: string, rows: number, now: number): Promise<number>;
  giveBack(id: string, rows: number): Promise<void>;
  revoke(id: string, now: number): Promise<void>;
}

/** A device that somebody signs their decisions on. */
export interface StoredDevice {
  readonly key: string;
  readonly identity: IdentityId;
  /** The owner's, to the letter: one identity id may have several accounts. */
  readonly subject: string;
  readonly name: string;
  readonly enrolledAt: number;
  /** The key that vouched for it, or the identity id of who did; null for a first one that was trusted. */
  readonly enrolledBy: string | null;
  readonly revokedAt: number | null;
}

/** An enrolment that waits for somebody else's word. */
export interface DeviceRequest {
  readonly id: string;
  readonly owner: Identity;
  readonly enrolment: Enrolment;
  readonly askedAt: number;
}

export interface DevicesReader {
  /** All that go by this id, in any spelling of the account; the newest first. */
  ofPerson(identity: IdentityId): Promise<readonly StoredDevice[]>;
  /** Everybody's that are not revoked, the newest first. */
  inUse(limit: number): Promise<readonly Pick<StoredDevice, 'key' | 'identity'>[]>;
  /** Whether a device with this key was ever enrolled. */
  isTaken(key: string): Promise<boolean>;
  /** Oldest first. */
  requests(): Promise<readonly DeviceRequest[]>;
}

export interface DevicesStore extends DevicesReader {
  add(device: StoredDevice): Promise<void>;
  revoke(key: string, now: number): Promise<void>;
  addRequest(request: DeviceRequest): Promise<void>;
  removeRequest(id: string): Promise<void>;
  forgetRequests(before: number): Promise<void>;
}

export interface OpeningsReader {
  list(): Promise<readonly Opening[]>;
}

export interface OpeningsStore extends OpeningsReader {
  add(opening: Opening): Promise<void>;
  /** Takes it away; false when it is gone already. */
  remove(id: string): Promise<boolean>;
  forgetOver(now: number): Promise<void>;
}

/** A review, and who used break-glass: to know them by another account. The latter is not shown. */
export interface StoredReview {
  readonly review: BreakGlassReview;
  readonly user: Pick<Identity, 'id' | 'issuer' | 'kind' | 'person'>;
}

export interface ReviewsReader {
  find(id: string): Promise<StoredReview | null>;
  /** Oldest first. */
  list(which: 'open' | 'closed'): Promise<readonly StoredReview[]>;
}

export interface ReviewsStore extends ReviewsReader {
  add(review: StoredReview, now: number): Promise<void>;
  /** False when it is closed already. */
  close(review: StoredReview, now: number): Promise<boolean>;
}
