import type { Relay, RelayEvent, RelayId } from './relays/relay.ts';
import type { Replays } from './replays/replays.ts';

/** The relays that the app was told of, as what shows them needs them. */
export interface RelayBook {
  list(): readonly Relay[];
  get(id: RelayId): Relay | null;
  /** Told when there is another list, or a relay has changed. @returns what ends it. */
  onChange(listener: () => void): () => void;
  onEvent(listener: (relay: RelayId, event: RelayEvent) => void): () => void;
  /** @throws TroubleError when it is none, or is known. */
  add(url: string, name?: string): Promise<Relay>;
  remove(id: RelayId): Promise<void>;
  close(): Promise<void>;
}

/** Sessions that were downloaded to this computer. */
export interface Downloads extends Pick<
  Replays,
  | 'beginAnew'
  | 'cancel'
  | 'close'
  | 'coming'
  | 'fetch'
  | 'forget'
  | 'importFile'
  | 'interrupted'
  | 'limitTo'
  | 'list'
  | 'onChange'
  | 'pin'
  | 'remove'
  | 'room'
> {
  /** Keeps a session of a relay, once it is found intact, and of the history that was seen. */
  download(relay: Relay, session: string): Promise<unknown>;
}

export interface Witness {
  /** Holds a relay's record to the key that somebody was given: SPKI, base64. */
  trust(relay: RelayId, spki: string): Promise<void>;
  /** Ends the alarm of a relay's record, by somebody who says what they did. */
  acknowledge(relay: RelayId, acknowledgement: Acknowledgement): Promise<void>;
}

export interface Acknowledgement {
  /** Who, by their name. */
  readonly by: string;
  /** What they found out and did. */
  readonly words: string;
  /** `go_on`: from what was kept, which the relay has to show again. `begin_anew`: trusts what it shows next. */
  readonly next: 'go_on' | 'begin_anew';
}
