import type { SessionOutcomes } from '@sluice/contract';
import { Badge } from '../design/badge.tsx';
import { WORDS } from '../words.ts';

export interface OutcomesProps {
  readonly outcomes: Pick<SessionOutcomes, 'masked' | 'held' | 'blocked'> & { readonly failed?: number };
}

/** What came of a session's statements, beside what was plainly allowed. */
export function Outcomes({ outcomes: { masked, held, blocked, failed = 0 } }: OutcomesProps) {
  const words = WORDS.sessions.outcome;
  return (
    <>
      {blocked > 0 && <Badge means="refused">{words.blocked(blocked)}</Badge>}
      {held > 0 && <Badge means="waits">{words.held(held)}</Badge>}
      {masked > 0 && <Badge means="masked">{words.masked(masked)}</Badge>}
      {failed > blocked && <Badge means="neutral">{words.failed(failed)}</Badge>}
    </>
  );
}
