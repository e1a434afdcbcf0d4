import { CONSOLE_CALLS, type HostState, type Outcome } from '@sluice/console/desktop-bridge';
import {
  isRelayError,
  type LiveClient,
  type LiveState,
  type LiveSubscription,
  type LiveUpdate,
} from '@sluice/contract';
import type { FromReplay, ToReplay } from '../../replay/messages.ts';
import type { Account } from '../accounts.ts';

export interface CallsParts {
  readonly isSignedIn: () => boolean;
  readonly tell: (message: ToReplay) => void;
}

type Call = Extract<FromReplay, { type: 'call' }>;

/** A page follows a session; one that is out of hand does not take the extension with it. */
const MOST_SUBSCRIPTIONS = 8;
/** How often it is looked at whether the relay is still reached: the connection is everybody's, and tells nobody. Milliseconds. */
const LOOK_MS = 2_000;

/**
 * What the extension does for the replay's page, of what the desktop app does for all of the console's: who one is, and what
 * is recorded as it is recorded. Nothing is decided in an editor, whose token runs SQL.
 */
export function answerCalls(account: Account, { isSignedIn, tell }: CallsParts) {
  const subscribed = new Map<string, LiveSubscription>();
  let live: LiveClient | null = null;
  let told = '';
  const state = (): HostState => ({
    reach: 'relay',
    url: account.url,
    person: isSignedIn() ? { name: account.person.name } : null,
    hasEnded: !isSignedIn(),
    connection: isSignedIn() ? connectionOf(live?.state() ?? { type: 'connecting' }) : { type: 'signed_out' },
    device: { type: 'none' },
  });
  const changed = () => {
    const news = state();
    const text = JSON.stringify(news);
    if (text === told) return;
    told = text;
    tell({ type: 'state', news });
  };
  const timer = setInterval(changed, LOOK_MS);
  const endAll = () => {
    for (const subscription of subscribed.values()) subscription.end();
    subscribed.clear();
  };
  const handle = async ({ name, input }: Call): Promise<unknown> => {
    switch (name) {
      case 'state':
        live ??= await account.live().catch(() => null);
        return state();
      case 'subscribe': {
        const { id, topic } = CONSOLE_CALLS.subscribe.input.parse(input);
        live ??= await account.live();
        if (subscribed.has(id) || subscribed.size >= MOST_SUBSCRIPTIONS)
          throw new Error('too many subscriptions');
        const listener = (update: LiveUpdate) => {
          if (update.type === 'ended') subscribed.delete(id);
          tell({ type: 'live', news: { id, update: plain(update) } });
        };
        subscribed.set(id, live.subscribe(topic, listener));
        return null;
      }
      case 'unsubscribe': {
        const { id } = CONSOLE_CALLS.unsubscribe.input.parse(input);
        subscribed.get(id)?.end();
        subscribed.delete(id);
        return null;
      }
      case 'look':
        return null;
      case 'signInPlaces':
        return [];
      case 'signIn':
      case 'signOut':
      case 'decide':
      case 'download':
        throw new Error('that is not done in an editor');
      default:
        return name satisfies never;
    }
  };
  return {
    changed,
    /** Another page asks from here on. */
    begin: endAll,
    async answer(call: Call): Promise<void> {
      tell({ type: 'outcome', id: call.id, outcome: await outcomeOf(handle(call)) });
    },
    end() {
      clearInterval(timer);
      endAll();
    },
  };
}

async function outcomeOf(answer: Promise<unknown>): Promise<Outcome<unknown>> {
  try {
    return { ok: true, value: await answer };
  } catch (error) {
    return { ok: false, error: troubleOf(error) };
  }
}

function connectionOf(state: LiveState): HostState['connection'] {
  switch (state.type) {
    case 'connecting':
    case 'connected':
      return { type: state.type };
    case 'waiting':
      return { type: 'offline', error: troubleOf(state.error) };
    case 'ended':
      return state.error === null
        ? { type: 'signed_out' }
        : { type: 'refused', error: troubleOf(state.error) };
    default:
      return state satisfies never;
  }
}

/** Errors do not pass by messages. */
function plain(update: LiveUpdate): Extract<ToReplay, { type: 'live' }>['news']['update'] {
  return update.type === 'ended' ? { type: 'ended', error: troubleOf(update.error) } : update;
}

function troubleOf(error: unknown) {
  if (isRelayError(error)) return { code: error.code, message: error.message, advice: error.advice };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), advice: '' };
}
