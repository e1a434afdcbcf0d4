import type { EventBody } from '@sluice/contract';
import type { ChangeFeed, Transaction, UnitOfWork } from '../unit-of-work.ts';
import type { IdentityId } from './identity.ts';
import type { Revocation, WireRevocationTarget } from './revocation.ts';

/** What revocations, and what is known of people, need of a store. */
export interface IdentityPartStore extends UnitOfWork<IdentityPartTransaction> {
  readonly revocations: RevocationsReader;
  readonly people: PeopleReader;
  readonly changes: ChangeFeed;
}

export interface IdentityPartTransaction extends Transaction {
  readonly revocations: RevocationsStore;
  readonly people: PeopleStore;
  /** `session`: a session's id. */
  record(session: string, body: EventBody): Promise<unknown>;
}

export interface StoredRevocation extends Omit<Revocation, 'target'> {
  /** Counts up. */
  readonly number: number;
  readonly target: WireRevocationTarget;
}

export interface RevocationsReader {
  /** Those after this number, 0 for all, in order. */
  list(after: number): Promise<readonly StoredRevocation[]>;
}

export interface RevocationsStore extends RevocationsReader {
  /** @returns its number. */
  add(revocation: Omit<StoredRevocation, 'number'>): Promise<number>;
}

/** One account, and what its tokens of one kind said last. */
export interface KnownAccount {
  readonly id: IdentityId;
  readonly issuer: string;
  /** To the letter: one id may have several. */
  readonly subject: string;
  readonly forDeciding: boolean;
  /** JSON. */
  readonly said: string;
}

export interface PeopleReader {
  accounts(): Promise<readonly KnownAccount[]>;
  /** Every name that an identity's tokens have ever borne. */
  names(): Promise<readonly { readonly id: IdentityId; readonly name: string }[]>;
}

export interface PeopleStore extends PeopleReader {
  note(account: KnownAccount, names: readonly string[]): Promise<void>;
}
