import { useState } from 'react';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { Notice } from '../design/notice.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Failure } from '../relay/failure.tsx';
import { useCoverage } from '../relay/policy.ts';
import { WORDS } from '../words.ts';

/** Which tables no rule names, and which columns no tag. */
export function CoverageList() {
  const words = WORDS.policy.coverage;
  const coverage = useCoverage();
  const [onlyGaps, setOnlyGaps] = useState(false);
  const objects = coverage.data?.pages.flatMap((page) => page.objects) ?? [];
  if (coverage.data === undefined) {
    return (
      <>
        <h1>{WORDS.policy.tabs.coverage}</h1>
        {coverage.isError ? (
          <Failure error={coverage.error} retry={() => void coverage.refetch()} />
        ) : (
          <Skeleton rows={6} />
        )}
      </>
    );
  }
  const untagged = objects.reduce((sum, object) => sum + object.untagged.length, 0);
  const shown = objects.filter(
    ({ rules, untagged }) => !onlyGaps || rules.length === 0 || untagged.length > 0,
  );
  return (
    <>
      <h1>
        {words.lead(
          objects.filter(({ rules }) => rules.length === 0).length,
          objects.length,
          coverage.hasNextPage,
        )}
      </h1>
      <p>{words.untagged(untagged)}</p>
      <label className="policy-check">
        <input type="checkbox" checked={onlyGaps} onChange={({ target }) => setOnlyGaps(target.checked)} />{' '}
        {words.only}
      </label>
      {objects.length === 0 && !coverage.hasNextPage && <Notice title={words.none} />}
      {shown.length > 0 && (
        <ul className="rows" aria-label={words.label}>
          {shown.map(({ database, schema, name, rules, tagged, untagged: without, moreColumns }) => (
            <li key={`${database}.${schema}.${name}`}>
              <details className="row">
                <summary>
                  <span className="row-head">
                    <span>
                      <code>{`${database}.${schema}.${name}`}</code>
                    </span>
                    {rules.length === 0 ? (
                      <Badge means="waits">{words.noRule}</Badge>
                    ) : (
                      <span className="row-more">{words.tags(tagged.length, without.length)}</span>
                    )}
                  </span>
                  <span className="row-more">
                    {rules.length === 0 ? words.noRuleAdvice : words.rules(rules.join(', '))}
                  </span>
                </summary>
                <dl className="facts policy-columns">
                  <div>
                    <dt>{words.withoutTag}</dt>
                    <dd>
                      {without.length === 0 ? '–' : null}
                      {without.map((column) => (
                        <code key={column.name} title={column.type}>
                          {column.name}
                        </code>
                      ))}
                    </dd>
                  </div>
                  <div>
                    <dt>{words.withTag}</dt>
                    <dd>
                      {tagged.length === 0 ? '–' : null}
                      {tagged.map((column) => (
                        <span key={column.name}>
                          <code>{column.name}</code> <Badge means="masked">{column.tags.join(', ')}</Badge>
                        </span>
                      ))}
                    </dd>
                  </div>
                </dl>
                {moreColumns > 0 && <p className="hint">{words.moreColumns(moreColumns)}</p>}
              </details>
            </li>
          ))}
        </ul>
      )}
      {coverage.isFetchNextPageError && <Failure error={coverage.error} />}
      {coverage.hasNextPage && (
        <p className="policy-more">
          <Button disabled={coverage.isFetchingNextPage} onClick={() => void coverage.fetchNextPage()}>
            {words.more}
          </Button>
        </p>
      )}
    </>
  );
}
