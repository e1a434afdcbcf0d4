import type { SessionSummary } from '@sluice/contract';

/** Which sessions; all of what is given must hold. */
export interface SessionFilter {
  /** An identity id. */
  readonly person?: string;
  /** Part of the name or of the id of who opened it, in letters of either case. */
  readonly name?: string;
  /** Part of the program's name or of the agent's, likewise. */
  readonly agent?: string;
  readonly effect?: 'allow' | 'mask' | 'ask' | 'block';
}

/** As the relay's lists have it. */
export function isOf(
  { name, person, application, agent, outcomes }: SessionSummary,
  query: SessionFilter,
): boolean {
  const has = (text: string, part: string | undefined) =>
    part === undefined || text.toLowerCase().includes(part.toLowerCase());
  return (
    (query.person === undefined || query.person === person) &&
    (has(name, query.name) || has(person, query.name)) &&
    (has(application, query.agent) || has(agent ?? '', query.agent)) &&
    (query.effect === undefined || (outcomes !== null && outcomes[COUNTED[query.effect]] > 0))
  );
}

const COUNTED = { allow: 'allowed', mask: 'masked', ask: 'held', block: 'blocked' } as const;
