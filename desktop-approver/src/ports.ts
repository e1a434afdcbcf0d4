import type { Relay, RelayEvent, RelayId } from './relays/relay.ts';

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
export interface Downloads {
  /** The API of the pages at `sluice-app://local`. */
  fetch(request: Request): Promise<Response>;
  /** Keeps a session of a relay, once it is found intact. */
  download(relay: Relay, session: string): Promise<unknown>;
  /** Takes a `.sluice` file. @returns the session that it holds. */
  openFile(path: string): Promise<string>;
  close(): Promise<void>;
}

export interface Witness {
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
