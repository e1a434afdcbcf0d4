import type { ApprovalView } from '@sluice/contract';
import { isRelayError } from '@sluice/contract';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { Badge } from '../design/badge.tsx';
import { CopyButton } from '../design/copy-button.tsx';
import { useKeys } from '../design/keys.ts';
import { Notice } from '../design/notice.tsx';
import { SkeletonPage } from '../design/skeleton.tsx';
import { Left } from '../design/time.tsx';
import { Lookers } from '../looking/lookers.tsx';
import { useLook, useLookingAt } from '../looking/looking.ts';
import { useApproval, usePending } from '../relay/approvals.ts';
import { Failure } from '../relay/failure.tsx';
import { SqlView } from '../sql/sql-view.tsx';
import { WORDS } from '../words.ts';
import { DecisionBar } from './decision-bar.tsx';
import { Before, Changed, Prompt, Touches, Values, Votes } from './request-facts.tsx';
import './request-page.css';

/** One request: what it does in a sentence, its SQL, everything around it, and what can be decided. */
export function RequestPage() {
  const { id } = useParams({ from: '/approvals/$id' });
  const approval = useApproval(id);
  const { data: pending = [] } = usePending();
  const navigate = useNavigate();
  const place = pending.findIndex((one) => one.id === id);
  const go = (to: number) => {
    const next = pending[to];
    if (next !== undefined) void navigate({ to: '/approvals/$id', params: { id: next.id } });
  };
  useKeys({ j: () => go(place + 1), k: () => go(place - 1), u: () => void navigate({ to: '/' }) });
  useEffect(() => {
    document.title = `${approval.data?.summary.sentence ?? WORDS.loading} · ${WORDS.product}`;
  }, [approval.data]);
  return (
    <main id="content" className="page request">
      <p className="request-top">
        <Link to="/">← {WORDS.request.back}</Link>
        {place !== -1 && <span>{WORDS.inbox.of(place + 1, pending.length)}</span>}
      </p>
      {approval.isPending && <SkeletonPage />}
      {approval.isError && approval.data === undefined && (
        <Lost error={approval.error} retry={() => void approval.refetch()} />
      )}
      {/* Another request is another page: nothing typed for the one before stays. */}
      {approval.data !== undefined && <Request key={id} view={approval.data} />}
    </main>
  );
}

function Lost({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  if (isRelayError(error) && error.code === 'approval_unknown') {
    return (
      <Notice title={WORDS.gone.title}>
        <Link to="/">{WORDS.gone.back}</Link>
      </Notice>
    );
  }
  return <Failure error={error} retry={retry} />;
}

function Request({ view }: { readonly view: ApprovalView }) {
  const { summary, plain, sql, reasons } = view;
  const isOpen = summary.phase === 'asked';
  const looking = useLookingAt(summary.id);
  useLook(isOpen ? summary.id : null);
  const marks = useMemo(
    () =>
      reasons.map(({ range, rule, reason }) => ({ from: range.start, to: range.end, label: rule, reason })),
    [reasons],
  );
  return (
    <>
      <h1>{summary.sentence}</h1>
      <p className="request-why">
        <span>
          {WORDS.request.heldBy(summary.rule)}: {plain.why}
          {summary.risk.level === 'high' && (
            <strong className="request-risk">{WORDS.inbox.risk('high', summary.risk.because)}</strong>
          )}
        </span>
        {isOpen ? (
          <Left until={summary.expiresAt} />
        ) : (
          <Badge means="neutral">{WORDS.phases[summary.phase]}</Badge>
        )}
      </p>
      <p className="request-looking" role="status">
        {isOpen && looking !== null && <Lookers looking={looking} says={WORDS.looking.page} />}
      </p>
      <DecisionBar view={view} />
      <div className="request-columns">
        <div>
          <section className="panel" aria-label={WORDS.request.sql}>
            <h2>
              {WORDS.request.sql}
              <CopyButton text={sql} />
            </h2>
            <SqlView sql={sql} label={WORDS.request.sql} marks={marks} />
          </section>
          <Changed view={view} />
          <Prompt view={view} />
          <Values view={view} />
        </div>
        <div>
          <Touches view={view} />
          <Votes view={view} />
          <Before view={view} />
        </div>
      </div>
    </>
  );
}
