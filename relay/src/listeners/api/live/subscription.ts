import type { LiveTopic } from '@sluice/contract';
import { type CursorScope, type Place, readCursor, writeCursor } from './cursor.ts';
import type { LiveClient } from './live-client.ts';
import type { LivePage, LiveStream } from './stream.ts';

/** One topic on one connection. */
export interface Subscription {
  readonly topic: LiveTopic;
  /** Says `subscribed`, and tells of everything after the cursor. @throws what the client is to be told. */
  begin(after: string | null): Promise<void>;
  /** Tells nothing until it is known whether it may go on. */
  holdBack(): void;
  /** Goes on where it was. */
  goOn(): Promise<void>;
  /** Says how far it has come, when nothing has been told for a while. */
  beat(): void;
  end(): void;
}

export interface SubscriptionOptions {
  readonly id: string;
  readonly topic: LiveTopic;
  readonly scope: CursorScope;
  readonly stream: LiveStream;
  readonly client: LiveClient;
  /** Told when what was missed could not be read. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Its news come from one of two sides: live from those who follow the stream, or from what is durable, after a cursor
 * and whenever the client could not keep up. `place` says how far it has come; only one side sends at a time.
 */
export function createSubscription(options: SubscriptionOptions): Subscription {
  const { id, topic, scope, stream, client, onFailed } = options;
  const about = `"id":${JSON.stringify(id)}`;
  let place: Place = { number: 0, mark: '' };
  let state: 'new' | 'waiting' | 'reading' | 'live' | 'over' = 'new';
  /** How many times over it is not known whether it may go on. */
  let heldBack = 0;
  let told: Place = place;
  let stop = () => {};

  const cursor = () => writeCursor(scope, place);

  /** False when the client does not keep up: it then stands at the last that was sent. */
  const tell = ({ news, reached }: LivePage): boolean => {
    for (const one of news) {
      if (one.place.number <= place.number || !one.isFor(client.identity())) continue;
      if (!client.hasRoom()) return false;
      place = one.place;
      told = place;
      client.tell(`{${about},"cursor":"${cursor()}",${one.members()}}`);
    }
    if (reached.number > place.number) place = reached;
    return true;
  };

  const isReady = () => state === 'waiting' && heldBack === 0 && client.hasRoom();

  /** From what is durable, until it has come as far as those who follow. */
  const catchUp = async () => {
    if (!isReady()) return;
    state = 'reading';
    try {
      while (place.number < stream.reached().number) {
        const page = await stream.since(place, client.identity());
        if (isOver() || heldBack > 0) return;
        if (page === null) resync();
        else if (!tell(page)) return;
      }
      if (!isOver()) state = 'live';
    } catch (error) {
      onFailed(error);
    } finally {
      if (state === 'reading') {
        state = 'waiting';
        // Whoever wanted it to go on meanwhile was not heard.
        if (client.hasRoom()) void catchUp();
      }
    }
  };
  const isOver = () => state === 'over';

  const resync = () => {
    place = stream.reached();
    told = place;
    client.tell(JSON.stringify({ type: 'resync', id, cursor: cursor() }));
  };

  const onPage = (page: LivePage | null) => {
    if (state !== 'live') return;
    if (page !== null && tell(page)) return;
    state = 'waiting';
    void catchUp();
  };

  const stopWaiting = client.onRoom(() => void catchUp());

  return {
    topic,
    async begin(after) {
      stop = await stream.follow(onPage);
      if (isOver()) return stop();
      const start = after === null ? null : readCursor(scope, after);
      const first = start === null ? null : await stream.since(start, client.identity());
      if (isOver()) return;
      place = first === null || start === null ? stream.reached() : start;
      told = place;
      state = 'waiting';
      client.answer({ type: 'subscribed', id, cursor: cursor(), resync: first === null });
      if (heldBack > 0) return;
      if (first === null || tell(first)) await catchUp();
    },
    holdBack() {
      heldBack += 1;
      if (state === 'live') state = 'waiting';
    },
    async goOn() {
      heldBack -= 1;
      await catchUp();
    },
    beat() {
      if (state !== 'live' || told.number === place.number || !client.hasRoom()) return;
      told = place;
      client.tell(JSON.stringify({ type: 'reached', id, cursor: cursor() }));
    },
    end() {
      state = 'over';
      stopWaiting();
      stop();
    },
  };
}
