import { access } from './access.ts';
import { explain } from './explain.ts';
import type { ChatMemory, ChatPorts, ChatTurn } from './ports.ts';
import { query } from './query.ts';
import { why } from './why.ts';

export { followUps } from './follow-ups.ts';
export { CHAT_AGENT, type ChatMemory, type ChatMessage, type ChatPorts, type ChatTurn } from './ports.ts';

/** By name, as the manifest has them; without one it is `query`. */
const COMMANDS: Readonly<Record<string, (turn: ChatTurn, ports: ChatPorts) => Promise<ChatMemory>>> = {
  query,
  explain,
  why,
  access,
};

/** Answers one turn of `@sluice`. @throws RelayError, or the signal's reason. */
export async function answerTurn(
  command: string | undefined,
  turn: ChatTurn,
  ports: ChatPorts,
): Promise<ChatMemory> {
  return await (COMMANDS[command ?? 'query'] ?? query)(turn, ports);
}
