import type { Message } from './message.ts';

/** A way to reach people or programs elsewhere. Where it goes comes from the configuration, never from a request. */
export interface Channel {
  /** Unique among the channels. */
  readonly name: string;
  readonly wants: (message: Message) => boolean;
  /** SQL may hold secrets, and what has left cannot be taken back: off unless the configuration says so. */
  readonly includeSql: boolean;
  /** Delivers once. The same message may come again after a crash: `message.id` stays the same. */
  deliver(message: Message, signal: AbortSignal): Promise<void>;
}
