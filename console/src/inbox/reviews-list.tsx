import { Link } from '@tanstack/react-router';
import { Badge } from '../design/badge.tsx';
import { Ago } from '../design/time.tsx';
import { Failure } from '../relay/failure.tsx';
import { useOpenReviews } from '../relay/reviews.ts';
import { WORDS } from '../words.ts';

/** What ran under break-glass and nobody has looked at yet; nothing where there is none. */
export function ReviewsList() {
  const { data = [], isError, error, refetch } = useOpenReviews();
  const words = WORDS.review;
  if (isError && data.length === 0) {
    return (
      <>
        <h2 className="inbox-recent">{words.list}</h2>
        <Failure error={error} retry={() => void refetch()} />
      </>
    );
  }
  if (data.length === 0) return null;
  return (
    <>
      <h2 className="inbox-recent">{words.list}</h2>
      <ul className="rows inbox inbox-quiet" aria-label={words.list}>
        {data.map(({ id, by, lifted, reason, openedAt }) => (
          <li key={id} className="inbox-item">
            <Link to="/reviews/$id" params={{ id }} className="inbox-row">
              <span className="inbox-sentence">{words.lead(by.name, lifted.rule)}</span>
              <span className="inbox-facts">
                <Badge means="waits">{words.open}</Badge>
              </span>
              <span className="inbox-rule" dir="auto">
                {reason}
              </span>
              <span className="inbox-facts inbox-second">
                <Ago at={openedAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
