import type { RelayClient } from '@sluice/contract';

/** What a chat answers with, and by. Pure: the editor's own is behind it. */
export interface ChatPorts {
  readonly client: RelayClient;
  /** The extension's name for the relay, for commands. */
  readonly account: string;
  readonly model: ChatModel;
  readonly out: ChatOut;
  /** Aborted when the person stops the answer: what runs is cancelled. */
  readonly signal: AbortSignal;
}

export interface ChatModel {
  send(messages: readonly ChatMessage[], signal: AbortSignal): AsyncIterable<string>;
  /** Tokens of a text, for this model. */
  count(text: string): Promise<number>;
}

export interface ChatMessage {
  readonly by: 'person' | 'model';
  readonly text: string;
}

export interface ChatOut {
  /** Markdown. Other people's texts in it are plain. */
  markdown(text: string): void;
  progress(text: string): void;
  button(button: ChatButton): void;
}

export interface ChatButton {
  readonly command: string;
  readonly title: string;
  readonly argument: object;
}

/** One question, and what came before it in the same conversation. */
export interface ChatTurn {
  /** The exact text, without the command. */
  readonly prompt: string;
  readonly conversation: string;
  /** Oldest first. */
  readonly before: readonly PastTurn[];
  /** What is selected in the editor, or in a file that was attached; null for nothing. */
  readonly selection: string | null;
}

export interface PastTurn {
  readonly prompt: string;
  readonly memory: ChatMemory;
}

/** What a turn leaves to later ones. JSON: the editor keeps it with the conversation. */
export interface ChatMemory {
  readonly conversation: string;
  /** The statement that it was about; null if there was none. */
  readonly sql: string | null;
  readonly outcome: 'rows' | 'held' | 'refused' | 'explained' | 'shown' | 'none';
}

/** As its statements say who made them. */
export const CHAT_AGENT = '@sluice';
