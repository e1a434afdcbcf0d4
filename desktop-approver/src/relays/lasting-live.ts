import type { LiveClient, LiveState, LiveSubscription, LiveTopic, LiveUpdate } from '@sluice/contract';

/** A live client whose subscriptions outlast the connection of one person: they go on with the next one's, after a `resync`. */
export interface LastingLive {
  readonly client: LiveClient;
  /** In the place of the one before. */
  begin(): void;
  end(): void;
}

interface Entry {
  readonly topic: LiveTopic;
  readonly listener: (update: LiveUpdate) => void;
  subscription: LiveSubscription | null;
}

/** @param open connects, and tells of each state. */
export function createLastingLive(
  open: (onState: (state: LiveState) => void) => LiveClient,
  onState: (state: LiveState) => void,
): LastingLive {
  const entries = new Set<Entry>();
  let current: LiveClient | null = null;
  /** The request that is before the person. */
  let looksAt: string | null = null;

  const subscribe = (entry: Entry, client: LiveClient, after?: string) => {
    const told = (update: LiveUpdate) => {
      if (update.type === 'ended') entries.delete(entry);
      entry.listener(update);
    };
    entry.subscription = client.subscribe(entry.topic, told, after === undefined ? {} : { after });
  };
  const end = () => {
    const before = current;
    current = null;
    before?.close();
  };

  return {
    client: {
      subscribe(topic, listener, { after } = {}) {
        const entry: Entry = { topic, listener, subscription: null };
        entries.add(entry);
        if (current !== null) subscribe(entry, current, after);
        return {
          end() {
            entries.delete(entry);
            entry.subscription?.end();
          },
        };
      },
      look(approval) {
        looksAt = approval;
        current?.look(approval);
      },
      state: () => current?.state() ?? NOBODY,
      reconnect: () => current?.reconnect(),
      close: end,
    },
    begin() {
      end();
      // It tells of its first state while it is made.
      let isMade = false;
      const opened = open((state) => {
        if (!isMade || current === opened) onState(state);
      });
      isMade = true;
      current = opened;
      for (const entry of entries) subscribe(entry, opened);
      if (looksAt !== null) opened.look(looksAt);
    },
    end,
  };
}

const NOBODY: LiveState = { type: 'ended', error: null };
