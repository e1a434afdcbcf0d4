import { createRelayClient, ERRORS, RelayError } from '@sluice/contract';
import type { Given } from './browser-sign-in.ts';
import type { KeptSignIn, SignIn } from './kept-sign-in.ts';
import { type Place, placesOf } from './place.ts';
import { renew, revoke } from './renew.ts';
import type { StepUp } from './step-up.ts';
import { type Trouble, TroubleError, troubleOf } from './trouble.ts';

/** Who is signed in at one relay, with a token that is renewed in place. */
export interface Session {
  person(): SessionPerson | null;
  /** A token that is good now. @throws RelayError `token_invalid` while nobody is signed in, TroubleError. */
  token(how: { readonly renew: boolean }): Promise<string>;
  places(): Promise<readonly SignInPlace[]>;
  /** @param by in which way; the one of the options, unless it is said. */
  signIn(issuer: string | undefined, by?: Way): Promise<void>;
  /** The same person anew. @throws TroubleError `other_person` if it is somebody else, and then nothing changes. */
  stepUp(stepUp: StepUp): Promise<void>;
  signOut(): Promise<void>;
  /** The relay takes the token for over or for no good, though no other can be had. */
  over(because: Trouble): Promise<void>;
  /** Another run of the program, with the same things kept, has signed in or out, or renewed. */
  reload(): Promise<void>;
  /** Looks at the clock: after sleep, timers are late. */
  look(): void;
  close(): void;
}

/** How a person proves who they are. It resolves once `accept` has taken what the issuer gave. */
export type Way = (
  place: Place,
  options: {
    readonly fetch: typeof fetch;
    readonly now: () => number;
    /** Gives it up, with its reason. */
    readonly signal: AbortSignal;
    readonly stepUp: StepUp | null;
    readonly accept: (given: Given) => Promise<void>;
  },
) => Promise<unknown>;

export interface SignInPlace {
  readonly issuer: string;
  readonly kind: 'oidc' | 'relay';
}

export interface SessionPerson {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  /** Milliseconds since the epoch; null where the issuer renews the sign-in. */
  readonly until: number | null;
}

export interface SessionOptions {
  readonly relay: string;
  readonly kept: KeptSignIn;
  /** Where its person signed in the last time. */
  readonly issuer: () => string | null;
  readonly onIssuer: (issuer: string) => Promise<void>;
  /** One at a time of all that keep the same sign-in: issuers take what renews it once. Where there is but one, it is left out. */
  readonly alone?: <T>(work: () => Promise<T>) => Promise<T>;
  readonly fetch: typeof fetch;
  /** What its tokens are for. */
  readonly purpose: 'decide' | 'run';
  readonly by: Way;
  readonly now: () => number;
  /** Calls back after so many milliseconds. @returns how to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** Told when somebody else is signed in than before, or nobody: why, if the person did not want that. */
  readonly onPerson: (because: Trouble | null) => void;
  readonly onSoonOver: (until: number) => void;
}

/** Goes on with the sign-in that was kept. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { relay, kept, fetch, purpose, now, after, alone = async (work) => await work() } = options;
  let writing: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();
  let signIn: SignIn | null = null;
  let renewing: Promise<string> | null = null;
  /** Of the sign-in that a browser is open for. */
  let begun = new AbortController();
  let stopWaiting = () => {};
  let hasTold = false;

  const anonymous = createRelayClient({ url: relay, fetch });
  const places = async () => placesOf(await anonymous.about.signIn(), relay, purpose);

  const take = (next: SignIn | null, because: Trouble | null) => {
    const isOther = next?.person.id !== signIn?.person.id;
    signIn = next;
    hasTold = false;
    watch();
    if (isOther) options.onPerson(because);
  };
  const become = async (next: SignIn | null, because: Trouble | null) => {
    take(next, because);
    // What cannot be kept is good for as long as the app runs.
    const write = async () => await (next === null ? kept.forget() : kept.write(next));
    await (writing = writing.then(write).catch(() => {}));
  };

  /** Tells when a sign-in that is not renewed is about to end, and ends it. */
  const watch = () => {
    stopWaiting();
    if (signIn === null || signIn.refreshToken !== null || closing.signal.aborted) return;
    const left = signIn.expiresAt - now();
    if (left <= 0) {
      void become(null, TIME_IS_UP);
    } else if (left > SOON_MS) {
      stopWaiting = after(Math.min(left - SOON_MS, LONGEST_TIMER_MS), watch);
    } else {
      if (!hasTold) options.onSoonOver(signIn.expiresAt);
      hasTold = true;
      stopWaiting = after(left, watch);
    }
  };

  /** What another run of the program got in the place of this one; null when this is the newest. */
  const renewedElsewhere = async (before: SignIn): Promise<SignIn | null> => {
    if (options.alone === undefined) return null;
    const found = await kept.read().catch(() => null);
    if (found === null || found === 'damaged' || found.token === before.token) return null;
    return found.person.id === before.person.id && found.expiresAt - now() > MARGIN_MS ? found : null;
  };

  const renewed = async (before: SignIn, refreshToken: string): Promise<string> => {
    const newer = await renewedElsewhere(before);
    if (newer !== null && signIn === before) {
      take(newer, null);
      return newer.token;
    }
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(ISSUER_PATIENCE_MS)]);
    try {
      const given = await renew(before.place, refreshToken, { fetch, now, signal });
      // Somebody has signed out or in meanwhile: this one is nobody's.
      if (signIn !== before) return await token({ renew: false });
      await become({ ...before, ...given }, null);
      return given.token;
    } catch (error) {
      if (error instanceof TroubleError && error.code === 'sign_in_over' && signIn === before) {
        await become(null, troubleOf(error));
      }
      throw error;
    }
  };

  const token: Session['token'] = async ({ renew: wantsNew }) => {
    if (signIn === null) throw signedOut();
    const left = signIn.expiresAt - now();
    if (!wantsNew && left > MARGIN_MS) return signIn.token;
    const { refreshToken } = signIn;
    if (refreshToken === null) {
      watch();
      // Of one that ends soon, the rest is used; in the place of one that the relay does not take there is no other.
      if (!wantsNew && left > 0) return signIn?.token ?? (await Promise.reject(signedOut()));
      throw signedOut();
    }
    // Whoever asks meanwhile gets the same one: a second use of what renews it would end the sign-in.
    const before = signIn;
    renewing ??= alone(async () => await renewed(before, refreshToken)).finally(() => (renewing = null));
    return await renewing;
  };

  const prove = async (place: Place, by: Way, stepUp: StepUp | null, same: string | null) => {
    // The person has begun anew, and left the other page behind.
    begun.abort(new TroubleError('sign_in_given_up', 'another sign-in was begun'));
    begun = new AbortController();
    const late = new AbortController();
    const stopWaitingForPerson = after(PERSON_PATIENCE_MS, () => late.abort(tooLate()));
    const signal = AbortSignal.any([begun.signal, closing.signal, late.signal]);
    const accept = async (given: Given) => {
      try {
        const person = await personOf(given.token);
        if (same !== null && person.id !== same) throw otherPerson();
        signal.throwIfAborted();
        await become({ version: 1, place, ...given, person }, null);
      } catch (error) {
        // Nobody is to have it.
        void forgetThere({ place, ...given });
        throw error;
      }
    };
    try {
      await by(place, { fetch, now, signal, stepUp, accept });
    } finally {
      stopWaitingForPerson();
    }
    await options.onIssuer(place.issuer);
  };

  const personOf = async (found: string): Promise<SignIn['person']> => {
    const client = createRelayClient({ url: relay, fetch, token: found });
    const { identity, purpose: its } = await client.people.self();
    // Whoever has taken a scope out of the request on its way, or put one in, gets nowhere.
    if (its !== purpose) throw wrongPurpose(purpose);
    return { id: identity.id, name: identity.name, groups: identity.groups };
  };

  const forgetThere = async ({ place, refreshToken }: Pick<SignIn, 'place' | 'refreshToken'>) => {
    if (refreshToken === null) return;
    await revoke(place, refreshToken, { fetch, signal: AbortSignal.timeout(ISSUER_PATIENCE_MS) });
  };

  const found = await kept.read().catch(() => 'damaged' as const);
  if (found === 'damaged') {
    await kept.forget().catch(() => {});
    options.onPerson(DAMAGED);
  } else if (found !== null) {
    signIn = found;
    watch();
  }

  return {
    person: () =>
      signIn && { ...signIn.person, until: signIn.refreshToken === null ? signIn.expiresAt : null },
    token,
    places: async () => (await places()).map(({ issuer, kind }) => ({ issuer, kind })),
    signIn: async (issuer, by = options.by) =>
      await prove(chosen(await places(), issuer ?? null, options.issuer(), purpose), by, null, null),
    async stepUp(stepUp) {
      if (signIn === null) throw signedOut();
      await prove(signIn.place, options.by, stepUp, signIn.person.id);
    },
    async signOut() {
      const before = signIn;
      begun.abort(new TroubleError('sign_in_given_up', 'you signed out'));
      await become(null, null);
      if (before !== null) await forgetThere(before);
    },
    async over(because) {
      if (signIn !== null) await become(null, because);
    },
    async reload() {
      const found = await kept.read().catch(() => 'damaged' as const);
      if (found !== 'damaged' && found?.token !== signIn?.token) take(found, null);
    },
    look: watch,
    close() {
      stopWaiting();
      closing.abort(new TroubleError('sign_in_given_up', 'the program ends'));
    },
  };
}

/** A token that ends within this time is renewed first: it may be late by the time that it arrives. */
const MARGIN_MS = 10_000;
/** How long before its end the person is told. */
const SOON_MS = 5 * 60_000;
const LONGEST_TIMER_MS = 24 * 3_600_000;
const PERSON_PATIENCE_MS = 5 * 60_000;
const ISSUER_PATIENCE_MS = 30_000;

const TIME_IS_UP: Trouble = {
  code: 'sign_in_over',
  message: 'your sign-in has ended',
  advice: 'sign in again',
};
const DAMAGED: Trouble = {
  code: 'kept_damaged',
  message: 'your sign-in was kept on this computer, and cannot be read any more',
  advice: 'sign in again',
};

function tooLate(): TroubleError {
  return new TroubleError('sign_in_timeout', 'nobody signed in in time', 'begin again');
}

function wrongPurpose(purpose: SessionOptions['purpose']): RelayError {
  const code = purpose === 'decide' ? 'token_cannot_decide' : 'token_cannot_run';
  return new RelayError(code, 'the issuer gave a token for something else than was asked for', {
    advice: ERRORS[code].advice,
  });
}

function otherPerson(): TroubleError {
  return new TroubleError(
    'other_person',
    'that is another person than the one who is signed in',
    'sign in as the same person, or sign out first',
  );
}

function signedOut(): RelayError {
  return new RelayError('token_invalid', 'nobody is signed in', { advice: 'sign in' });
}

function chosen(
  places: readonly Place[],
  wanted: string | null,
  last: string | null,
  purpose: SessionOptions['purpose'],
): Place {
  if (places.length === 0) {
    throw purpose === 'decide'
      ? new TroubleError(
          'nobody_signs_in_here',
          'nobody can sign in to decide at this relay',
          'ask the people who run it to set `signIn` and `deciding` of your issuer',
        )
      : new TroubleError(
          'nobody_signs_in_here',
          'nobody can sign in at this relay with a program',
          'ask the people who run it to set `signIn` of your issuer',
        );
  }
  const found =
    places.find(({ issuer }) => issuer === wanted) ??
    (wanted === null
      ? (places.find(({ issuer }) => issuer === last) ?? (places.length === 1 ? places[0] : undefined))
      : undefined);
  if (found !== undefined) return found;
  throw new TroubleError('place_unclear', 'there are several places to sign in at', 'choose one');
}
