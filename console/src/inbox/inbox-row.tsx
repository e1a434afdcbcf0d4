import type { ApprovalPhase, ApprovalSummary } from '@sluice/contract';
import { Link } from '@tanstack/react-router';
import { Badge, type Meaning } from '../design/badge.tsx';
import { Ago, Left } from '../design/time.tsx';
import { Lookers } from '../looking/lookers.tsx';
import { useLookingAt } from '../looking/looking.ts';
import { WORDS } from '../words.ts';

export interface InboxRowProps {
  readonly request: ApprovalSummary;
  readonly onFocus?: () => void;
  /** Where several can be chosen, to be denied together. */
  readonly chosen?: { readonly is: boolean; readonly toggle: () => void };
}

export function InboxRow({ request, onFocus, chosen }: InboxRowProps) {
  const { id, sentence, phase, rule, needed, approvedBy, expiresAt, askedAt, risk, escalated } = request;
  const looking = useLookingAt(id);
  return (
    <li className="inbox-item">
      {chosen !== undefined && (
        <label className="inbox-choose">
          <input
            type="checkbox"
            aria-label={WORDS.inbox.choose(sentence)}
            checked={chosen.is}
            onChange={chosen.toggle}
          />
        </label>
      )}
      <Link to="/approvals/$id" params={{ id }} className="inbox-row" onFocus={onFocus}>
        <span className="inbox-sentence">{sentence}</span>
        <span className="inbox-facts">
          {phase === 'asked' ? (
            <Left until={expiresAt} />
          ) : (
            <Badge means={MEANING[phase]}>{WORDS.phases[phase]}</Badge>
          )}
        </span>
        <span className="inbox-rule">
          {phase === 'asked' && (
            <span className={`inbox-risk inbox-risk-${risk.level}`}>
              {WORDS.inbox.risk(risk.level, risk.because)}
            </span>
          )}
          {rule}
        </span>
        <span className="inbox-facts inbox-second">
          {phase === 'asked' && escalated && <span>{WORDS.inbox.escalated}</span>}
          {phase === 'asked' && looking !== null && <Lookers looking={looking} says={WORDS.looking.row} />}
          {needed > 1 && <span>{WORDS.inbox.of(approvedBy.length, needed)}</span>}
          <Ago at={askedAt} />
        </span>
      </Link>
    </li>
  );
}

const MEANING: Readonly<Record<ApprovalPhase, Meaning>> = {
  asked: 'waits',
  approved: 'agreed',
  granted: 'agreed',
  used: 'agreed',
  denied: 'refused',
  expired: 'neutral',
  cancelled: 'neutral',
  void: 'neutral',
};
