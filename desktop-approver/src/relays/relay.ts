import type { ApprovalSummary, ApprovalView, LiveClient, RelayClient } from '@sluice/contract';
import type { DeviceKey } from '../device/device-keys.ts';
import type { WitnessAlarm } from '../witness/alarm.ts';
import type { Standing } from '../witness/standing.ts';
import type { Decided, Decision } from './decision.ts';
import type { SignInPlace } from '@sluice/sign-in';
import type { Trouble } from './trouble.ts';

/** The app's own name for a relay that it was told of: lower-case letters and digits, for it is a host in addresses of pages. */
export type RelayId = string & { readonly __relay: unique symbol };

/** A relay that the app was told of, as the person who has signed in there may use it. Pages never see a token. */
export interface Relay {
  readonly id: RelayId;
  state(): RelayState;
  /** @returns what ends it. */
  onChange(listener: () => void): () => void;
  /** @returns what ends it. */
  onEvent(listener: (event: RelayEvent) => void): () => void;
  /** Signed in as the person; its requests reject with `signed_out` while there is none. */
  readonly client: RelayClient;
  /** Lasts: its subscriptions go on, after a `resync`, when somebody signs out and in. */
  readonly live: LiveClient;
  /**
   * Passes a page's request on, with the token, and the answer back as it comes. What pages may ask for is the table in
   * `page-routes.ts`; a decision never: those go by `decide`. Never rejects: an error is an answer.
   */
  fetch(request: Request): Promise<Response>;
  /** Where a person may sign in to decide. */
  signInPlaces(): Promise<readonly SignInPlace[]>;
  /**
   * In the system's browser, and anew even if somebody is signed in. Resolves when the person is back, or rejects with why
   * not: `place_unclear` when there are several places and no `issuer` was ever chosen.
   */
  signIn(issuer?: string): Promise<void>;
  /** Forgets the tokens here, and has the issuer forget the sign-in where it can. */
  signOut(): Promise<void>;
  /**
   * Signed by this device over exactly what was shown. Signs in anew, and sends it once more, where the relay wants that.
   *
   * @throws TroubleError, or the relay's own error.
   */
  decide(decision: Decision): Promise<Decided>;
  /**
   * Makes a key on this device if there is none that counts, and has it enrolled; `waiting` until somebody vouches for it.
   * `word`: from `vouchFor` on another device of the same person.
   */
  enrolDevice(word?: string): Promise<void>;
  /** What another device of the same person is to vouch for; good for a few minutes. To be carried there by the person. */
  deviceOffer(): Promise<string>;
  /** This device's word for what `deviceOffer` gave on another one. */
  vouchFor(offer: string): Promise<string>;
  /** Null while the relay does not take what it signs. For the app's own parts: no page may have anything signed but a decision. */
  deviceKey(): Pick<DeviceKey, 'key' | 'sign'> | null;
}

export interface RelayState {
  readonly id: RelayId;
  /** With a path if it has one. */
  readonly url: string;
  /** The name that its person gave it, or its host. */
  readonly name: string;
  readonly connection: Connection;
  /** Null while nobody has signed in. */
  readonly person: Person | null;
  /** What this person may decide on, riskiest first. Of the last time that it was known, while offline. */
  readonly pending: readonly ApprovalSummary[];
  readonly device: DeviceState;
  /** What this computer has seen of its record. */
  readonly record: Pick<Standing, 'key' | 'kept'>;
  /** It stays until its person has said what they did about it. */
  readonly alarm: WitnessAlarm | null;
}

export interface Person {
  readonly name: string | null;
  /** `issuer|subject`. */
  readonly id: string;
  /** When they have to sign in again (ISO 8601); null where the issuer renews the sign-in. */
  readonly until: string | null;
  /** Whether the sign-in outlasts the app: false where this computer has no safe place for it. */
  readonly isKept: boolean;
}

export type Connection =
  /** `because`: what ended the sign-in, if the person did not. */
  | { readonly type: 'signed_out'; readonly because: Trouble | null }
  | { readonly type: 'connecting' }
  | { readonly type: 'connected' }
  | { readonly type: 'offline'; readonly error: Trouble }
  /** It does not try again by itself: the person is revoked, or one of the two programs is too old. */
  | { readonly type: 'refused'; readonly error: Trouble };

/** Of this device's signing key at the relay. */
export type DeviceState =
  | { readonly type: 'unknown' }
  /** Its key cannot be kept safely here: the system has no place for secrets. */
  | { readonly type: 'unavailable'; readonly why: string; readonly advice: string }
  | { readonly type: 'not_enrolled' }
  /** Another person is to compare the fingerprint and vouch for it. */
  | { readonly type: 'waiting'; readonly fingerprint: string }
  | { readonly type: 'enrolled'; readonly fingerprint: string }
  | { readonly type: 'revoked' };

/** What its person is told of as it happens. */
export type RelayEvent =
  /** A request that they may decide on, and that this device had not heard of. */
  | { readonly type: 'asked'; readonly approval: ApprovalSummary }
  /** After a time without connection, the app's own included; never both empty. Newest first. */
  | {
      readonly type: 'missed';
      /** Asked and ended meanwhile. */
      readonly came: readonly ApprovalSummary[];
      /** Known before, and ended meanwhile. */
      readonly went: readonly ApprovalSummary[];
    }
  /** The issuer does not renew the sign-in: it ends then. */
  | { readonly type: 'sign_in_soon'; readonly until: string }
  | { readonly type: 'signed_out'; readonly because: Trouble };

/**
 * Something that a page asks for and that only a person may want. They are asked outside of any page, in the relay's own
 * words: whoever has taken over a page has not taken over this.
 */
export type Act =
  /** An approval of what has most to lose. */
  | { readonly type: 'approve'; readonly relay: RelayId; readonly view: ApprovalView }
  /** Another device of the same person. */
  | { readonly type: 'vouch'; readonly relay: RelayId; readonly fingerprint: string }
  | {
      readonly type: 'route';
      readonly relay: RelayId;
      /** As the contract's table names it: `grants.revoke`. */
      readonly route: string;
      /** What it does, as an imperative. */
      readonly summary: string;
      readonly params: Readonly<Record<string, string>>;
      readonly body: unknown;
    };
