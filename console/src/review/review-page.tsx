import type { BreakGlassReview } from '@sluice/contract';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { CopyButton } from '../design/copy-button.tsx';
import { useKeys } from '../design/keys.ts';
import { Notice } from '../design/notice.tsx';
import { Fact, Panel } from '../design/panel.tsx';
import { SkeletonPage } from '../design/skeleton.tsx';
import { Ago } from '../design/time.tsx';
import { Failure } from '../relay/failure.tsx';
import { useSelf } from '../relay/people.ts';
import { useCloseReview, useReview } from '../relay/reviews.ts';
import { SqlView } from '../sql/sql-view.tsx';
import { WORDS } from '../words.ts';
import { CloseDialog } from './close-dialog.tsx';
import './review-page.css';

/** What somebody ran under break-glass: who, against which rule, why, and what; and the end of its review. */
export function ReviewPage() {
  const { id } = useParams({ from: '/reviews/$id' });
  const review = useReview(id);
  const navigate = useNavigate();
  useKeys({ u: () => void navigate({ to: '/' }) });
  return (
    <main id="content" className="page review">
      <p className="review-top">
        <Link to="/">← {WORDS.request.back}</Link>
      </p>
      {review.isPending && <SkeletonPage />}
      {review.isError && review.data === undefined && (
        <Failure error={review.error} retry={() => void review.refetch()} />
      )}
      {review.data === null && (
        <Notice title={WORDS.review.gone}>
          <Link to="/">{WORDS.gone.back}</Link>
        </Notice>
      )}
      {review.data && <Review key={id} review={review.data} />}
    </main>
  );
}

function Review({ review }: { readonly review: BreakGlassReview }) {
  const words = WORDS.review;
  const { by, lifted, openedAt, closed, reason, sql, entry, session, statement } = review;
  const lead = words.lead(by.name, lifted.rule);
  useEffect(() => {
    document.title = `${lead} · ${WORDS.product}`;
  }, [lead]);
  return (
    <>
      <h1>{lead}</h1>
      <p className="review-why">
        <span>
          {lifted.rule} {words.would[lifted.effect] ?? lifted.effect}. {words.ran} <Ago at={openedAt} />.
        </span>
        <Badge means={closed === null ? 'waits' : 'neutral'}>
          {closed === null ? words.open : words.closed}
        </Badge>
      </p>
      <Closing review={review} />
      <Panel title={words.why}>
        <div className="panel-body">
          <blockquote className="quoted" dir="auto">
            {reason}
          </blockquote>
          <p className="hint">{words.ownWords}</p>
        </div>
      </Panel>
      <section className="panel" aria-label={WORDS.request.sql}>
        <h2>
          {WORDS.request.sql}
          <CopyButton text={sql} />
        </h2>
        <SqlView sql={sql} label={WORDS.request.sql} />
        <dl className="facts">
          <Fact name={words.entry}>
            {by.name} <code>{entry}</code>
          </Fact>
          <Fact name={WORDS.request.session}>
            <Link to="/sessions/$id" params={{ id: session }} search={{ statement }}>
              {WORDS.replay.openReplay}
            </Link>{' '}
            <code>{session}</code>
          </Fact>
        </dl>
      </section>
    </>
  );
}

/** Its end, or how to come to it. */
function Closing({ review: { id, by, closed } }: { readonly review: BreakGlassReview }) {
  const words = WORDS.review;
  const { data: self } = useSelf();
  const [isAsking, setIsAsking] = useState(false);
  const close = useCloseReview(id);
  if (closed !== null) {
    return (
      <Notice means="agreed" title={words.closedBy(closed.by.name)}>
        <q className="quoted" dir="auto">
          {closed.comment}
        </q>{' '}
        <Ago at={closed.at} />
      </Notice>
    );
  }
  if (self?.identity.id === by.id) return <Notice title={words.own}>{words.ownAdvice}</Notice>;
  return (
    <div className="review-close">
      {close.isError && <Failure error={close.error} title={words.failed} />}
      <Button
        look="primary"
        disabled={self === undefined || close.isPending}
        onClick={() => setIsAsking(true)}
      >
        {words.close}
      </Button>
      <CloseDialog
        isOpen={isAsking}
        onCancel={() => setIsAsking(false)}
        onClose={(comment) => {
          setIsAsking(false);
          close.mutate(comment);
        }}
      />
    </div>
  );
}
