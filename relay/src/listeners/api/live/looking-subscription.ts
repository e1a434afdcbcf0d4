import type { LiveServerMessage } from '@sluice/contract';
import { type Identity, sameAccount } from '../../../identity/index.ts';
import type { LiveClient } from './live-client.ts';
import type { Looked, Looking } from './looking.ts';
import type { Subscription } from './subscription.ts';

export interface LookingSubscriptionOptions {
  readonly id: string;
  readonly looking: Looking;
  readonly maySee: (viewer: Identity, looked: Looked) => boolean;
  readonly client: LiveClient;
}

/**
 * Who else looks at what the client may see. Nothing of it is durable, so nothing is resumed: a client that could not be
 * told is told how it is once it can be.
 */
export function createLookingSubscription(options: LookingSubscriptionOptions): Subscription {
  const { id, looking, maySee, client } = options;
  let state: 'new' | 'open' | 'over' = 'new';
  let heldBack = 0;
  /** It was not told of everything. */
  let isBehind = false;
  /** Requests of which it was last told that somebody looks. */
  const told = new Set<string>();
  let stop = () => {};

  const tell = (looked: Looked) => {
    if (state !== 'open') return;
    if (heldBack > 0 || !client.hasRoom()) {
      isBehind = true;
      return;
    }
    const { approval } = looked;
    const people = maySee(client.identity(), looked)
      ? looked.people.filter((who) => !sameAccount(who, client.identity()))
      : [];
    // Not even that there is such a request.
    if (people.length === 0 && !told.has(approval.id)) return;
    if (people.length === 0) told.delete(approval.id);
    else told.add(approval.id);
    const message: LiveServerMessage = {
      type: 'looking',
      id,
      looking: {
        approval: approval.id,
        people: people.slice(0, MOST_TOLD).map(({ id: identity, name }) => ({ id: identity, name })),
        more: Math.max(0, people.length - MOST_TOLD),
      },
    };
    client.tell(JSON.stringify(message));
  };

  const catchUp = () => {
    if (state !== 'open' || !isBehind || heldBack > 0 || !client.hasRoom()) return;
    isBehind = false;
    const all = looking.all();
    const over = told.difference(new Set(all.map(({ approval }) => approval.id)));
    for (const approval of over) {
      told.delete(approval);
      const nobody: LiveServerMessage = { type: 'looking', id, looking: { approval, people: [], more: 0 } };
      client.tell(JSON.stringify(nobody));
    }
    for (const looked of all) tell(looked);
  };
  const stopWaiting = client.onRoom(catchUp);

  return {
    topic: { name: 'looking' },
    async begin() {
      stop = looking.follow(tell);
      state = 'open';
      client.answer({ type: 'subscribed', id, cursor: '', resync: true });
      isBehind = true;
      catchUp();
    },
    holdBack() {
      heldBack += 1;
    },
    async goOn() {
      heldBack -= 1;
      // Who may see less by the new token is told so.
      isBehind = true;
      catchUp();
    },
    beat() {},
    end() {
      state = 'over';
      stopWaiting();
      stop();
    },
  };
}

/** Names that a line has room for. */
const MOST_TOLD = 8;
