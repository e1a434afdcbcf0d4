import type { PolicySimulation } from '@sluice/contract';
import { useEffect, useMemo } from 'react';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { Notice } from '../design/notice.tsx';
import { Failure } from '../relay/failure.tsx';
import { type Simulated, useSimulation } from '../relay/policy.ts';
import { WORDS } from '../words.ts';

/** Rows of each list: behind them there are counts. */
const MOST_SHOWN = 100;

/** Which recorded decisions a draft would change, and for whom. */
export function Simulation({ draft, isGood }: { readonly draft: string; readonly isGood: boolean }) {
  const words = WORDS.policy.simulate;
  const { found, error, isRunning, begin, goOn, stop, forget } = useSimulation();
  // What was found is of the text that it was found for.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  useEffect(() => forget(), [draft]);
  return (
    <section className="policy-part">
      <h2>{words.title}</h2>
      <p className="hint">{words.what}</p>
      <p className="policy-more">
        {isRunning ? (
          <Button onClick={stop}>{words.stop}</Button>
        ) : (
          <Button look="primary" disabled={!isGood} onClick={() => begin(draft)}>
            {words.begin}
          </Button>
        )}
      </p>
      {error !== null && <Failure error={error} title={words.failed} />}
      {found !== null && (
        <>
          <div role="status">
            <Notice
              means={found.changes.length === 0 ? 'neutral' : 'waits'}
              title={titleOf(found, isRunning)}
            >
              {found.changes.length > 0 && words.counts(found.stricter, found.looser)}{' '}
              {found.cut > 0 && words.cut(found.cut)} {!isRunning && found.next === null && words.all}
            </Notice>
          </div>
          <ForWhom changes={found.changes} />
          <Changes changes={found.changes} />
          {!isRunning && found.next !== null && (
            <p className="policy-more">
              <Button onClick={() => goOn(draft)}>{words.more}</Button>
            </p>
          )}
        </>
      )}
    </section>
  );
}

function titleOf({ changes, statements, sessions }: Simulated, isRunning: boolean): string {
  const words = WORDS.policy.simulate;
  return isRunning && changes.length === 0
    ? words.working(statements)
    : words.result(changes.length, statements, sessions);
}

type Change = PolicySimulation['changes'][number];

function ForWhom({ changes }: { readonly changes: readonly Change[] }) {
  const words = WORDS.policy.simulate;
  const people = useMemo(
    () =>
      [...Map.groupBy(changes, ({ person }) => person.id).values()].toSorted(
        (one, other) => other.length - one.length,
      ),
    [changes],
  );
  if (people.length === 0) return null;
  return (
    <>
      <h3>{words.forWhom}</h3>
      <ul className="rows" aria-label={words.forWhom}>
        {people.slice(0, MOST_SHOWN).map((theirs) => (
          <li className="row row-head" key={theirs[0]!.person.id}>
            <span title={theirs[0]!.person.id}>{theirs[0]!.person.name}</span>
            <span className="row-more">{words.times(theirs.length)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Changes({ changes }: { readonly changes: readonly Change[] }) {
  const words = WORDS.policy.simulate;
  if (changes.length === 0) return null;
  return (
    <>
      <h3>{words.changes}</h3>
      {changes.length > MOST_SHOWN && <p className="hint">{words.shownOf(MOST_SHOWN, changes.length)}</p>}
      <ul className="rows" aria-label={words.changes}>
        {changes.slice(0, MOST_SHOWN).map(({ statement, person, sql, more, was, becomes, direction }) => (
          <li className="row" key={statement}>
            <div className="row-head">
              <code className="policy-sql">
                {sql}
                {more > 0 && ` ${words.moreCharacters(more)}`}
              </code>
              <Badge
                means={direction === 'stricter' ? 'refused' : direction === 'looser' ? 'agreed' : 'neutral'}
              >
                {words.directions[direction]}
              </Badge>
            </div>
            <p className="row-more">
              {person.name}: {was.effect} ({was.rule}) → {becomes.effect} ({becomes.rule}). {becomes.reason}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
