import {
  createLiveClient,
  createRelayClient,
  type LiveClient,
  type LiveState,
  type RelayClient,
} from '@sluice/contract';
import {
  type KeptText,
  keptSignIn,
  openSession,
  type Session,
  type Trouble,
  troubleOf,
  type Way,
} from '@sluice/sign-in';
import type { ListedRelay } from './listed-relay.ts';
import { followPending, type Pending } from './pending.ts';

/** A relay of the list, and who is signed in there, if anybody is. */
export interface OpenAccount {
  readonly client: RelayClient;
  state(): AccountState;
  /** Null while nobody is signed in. */
  live(): LiveClient | null;
  token: Session['token'];
  places: Session['places'];
  /** @param by in which way. @throws TroubleError, RelayError. */
  signIn(by: Way, issuer?: string): Promise<void>;
  /** Ends what is open at the relay, then forgets the tokens here and at the issuer. @returns whether the relay was reached. */
  signOut(): Promise<boolean>;
  /** Another window has signed in or out, or renewed. */
  reload: Session['reload'];
  /** At once, in place of waiting. */
  reconnect(): void;
  close(): void;
}

export interface AccountState {
  readonly person: { readonly id: string; readonly name: string; readonly groups: readonly string[] } | null;
  readonly connection: AccountConnection;
  /** Own requests that wait for people; of the last time that it was known, while offline. */
  readonly pending: number;
}

export type AccountConnection =
  /** `because`: what ended the sign-in, if the person did not. */
  | { readonly type: 'signed_out'; readonly because: Trouble | null }
  | { readonly type: 'connecting' }
  | { readonly type: 'connected' }
  /** It is tried again by itself. */
  | { readonly type: 'offline'; readonly error: Trouble }
  /** It is not: the person is revoked, or one of the two programs is too old. */
  | { readonly type: 'refused'; readonly error: Trouble };

export interface OpenAccountOptions {
  readonly relay: () => ListedRelay;
  readonly secret: KeptText;
  readonly onIssuer: (issuer: string) => Promise<void>;
  readonly onChange: () => void;
  /** The issuer does not renew the sign-in: it ends then. Milliseconds since the epoch. */
  readonly onSoonOver: (until: number) => void;
  /** One at a time of all windows of the editor, which share what is kept. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Calls back after so many milliseconds. @returns how to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
}

/** Goes on with the sign-in that was kept. */
export async function openAccount(options: OpenAccountOptions): Promise<OpenAccount> {
  const { relay, fetch, now, after, onChange } = options;
  const { url } = relay();
  let connection: AccountConnection = { type: 'signed_out', because: null };
  let live: LiveClient | null = null;
  let pending: Pending | null = null;
  let isOpen = false;
  let isClosed = false;

  const become = (next: AccountConnection) => {
    connection = next;
    onChange();
  };
  const onLive = (state: LiveState) => {
    switch (state.type) {
      case 'connecting':
        if (connection.type !== 'offline') become({ type: 'connecting' });
        return;
      case 'connected':
        become({ type: 'connected' });
        return;
      case 'waiting':
        become({ type: 'offline', error: troubleOf(state.error) });
        return;
      case 'ended':
        if (state.error === null) return;
        if (OLD_TOKEN.has(state.error.code)) void session.over(troubleOf(state.error));
        else become({ type: 'refused', error: troubleOf(state.error) });
        return;
      default:
        state satisfies never;
    }
  };
  const end = () => {
    pending?.end();
    pending = null;
    const before = live;
    live = null;
    before?.close();
  };
  /** For who is signed in now, if anybody is. */
  const begin = (because: Trouble | null) => {
    end();
    if (isClosed) return;
    const person = session.person();
    become(person === null ? { type: 'signed_out', because } : { type: 'connecting' });
    if (person === null) return;
    let isMade = false;
    const opened = createLiveClient({
      url,
      token,
      after,
      onState: (state) => {
        // Of one that was ended meanwhile; it tells of its first state while it is made.
        if (!isMade || live === opened) onLive(state);
      },
    });
    isMade = true;
    live = opened;
    pending = followPending({ live: opened, client, person: person.id, onChange });
  };

  let because: Trouble | null = null;
  const session = await openSession({
    relay: url,
    kept: keptSignIn(options.secret),
    issuer: () => relay().issuer,
    onIssuer: options.onIssuer,
    alone: options.alone,
    purpose: 'run',
    by: async () => await Promise.reject(new Error('a way to sign in is named each time')),
    fetch,
    now,
    after,
    onPerson(why) {
      because = why;
      if (isOpen) begin(why);
    },
    onSoonOver: options.onSoonOver,
  });
  const token: Session['token'] = async (how) => await session.token(how);
  const client = createRelayClient({ url, token, fetch });
  isOpen = true;
  begin(because);

  return {
    client,
    token,
    places: session.places,
    reload: session.reload,
    live: () => live,
    state: () => {
      const person = session.person();
      return {
        person: person && { id: person.id, name: person.name, groups: person.groups },
        connection,
        pending: pending?.count() ?? 0,
      };
    },
    async signIn(by, issuer) {
      const before = session.person()?.id;
      await session.signIn(issuer, by);
      // The same person, where it was given up: they are let in again, or asked anew.
      if (before === session.person()?.id && live?.state().type === 'ended') begin(null);
    },
    async signOut() {
      // While there is still a token to say so with.
      const isReached = await client.people.signOut({}, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
        () => true,
        () => false,
      );
      await session.signOut();
      return isReached;
    },
    reconnect() {
      if (live?.state().type === 'ended') begin(null);
      else live?.reconnect();
    },
    close() {
      isClosed = true;
      end();
      session.close();
    },
  };
}

const PATIENCE_MS = 10_000;

/** The relay takes no token of this sign-in any more. */
const OLD_TOKEN: ReadonlySet<string> = new Set(['token_expired', 'token_invalid', 'sign_in_needed']);
