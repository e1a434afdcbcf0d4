import type { Explanation } from '@sluice/contract';
import { WORDS } from '../words.ts';
import { type ChatPorts, type ChatTurn, CHAT_AGENT } from './ports.ts';

/** A button that asks people for access ahead, where the policy lets it be asked for. Nobody is asked before that is filled in. */
export function offerAccess(
  sql: string,
  { prompt }: Pick<ChatTurn, 'prompt'>,
  { asks }: Pick<Explanation, 'asks'>,
  { out, account }: Pick<ChatPorts, 'out' | 'account'>,
): boolean {
  if (asks === null || asks.accessUpTo === 0) return false;
  out.button({
    command: 'sluice.askForAccess',
    title: WORDS.agents.chat.ask,
    argument: { account, sql, purpose: prompt, agent: CHAT_AGENT, upToSeconds: asks.accessUpTo },
  });
  return true;
}
