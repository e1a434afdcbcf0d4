import type { Overview } from '@sluice/contract';
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Notice } from '../design/notice.tsx';
import { useNow } from '../design/now.ts';
import { Skeleton } from '../design/skeleton.tsx';
import { usePending } from '../relay/approvals.ts';
import { Failure } from '../relay/failure.tsx';
import { useOverview } from '../relay/overview.ts';
import { useSelf } from '../relay/people.ts';
import { WORDS } from '../words.ts';
import { Plot, type Series } from './plot.tsx';
import { type Range, RANGES } from './search.ts';
import { spanOf, type Step, stepsOf, totalOf } from './spans.ts';
import './overview-page.css';

const DECISIONS: readonly Series[] = (['allow', 'mask', 'ask', 'block'] as const).map((name) => ({
  name,
  label: WORDS.overview.effects[name],
  look: `plot-${name}`,
}));
const APPROVALS: readonly Series[] = (
  [
    ['approved', 'plot-allow'],
    ['denied', 'plot-block'],
    ['lapsed', 'plot-neutral'],
  ] as const
).map(([name, look]) => ({ name, label: WORDS.overview.approvalParts[name], look }));
const REFUSALS: readonly Series[] = (
  [
    ['block', 'plot-block'],
    ['bypassed', 'plot-ask'],
    ['refused', 'plot-neutral'],
  ] as const
).map(([name, look]) => ({ name, label: WORDS.overview.refusalParts[name], look }));

/** What was asked, masked, held and blocked over time, who waits, and how long deciding takes. */
export function OverviewPage() {
  const words = WORDS.overview;
  const self = useSelf();
  useEffect(() => {
    document.title = `${words.title} · ${WORDS.product}`;
  }, [words]);
  return (
    <main id="content" className="page overview">
      {self.data === undefined && (
        <>
          <h1>{words.title}</h1>
          {self.isError ? (
            <Failure error={self.error} retry={() => void self.refetch()} />
          ) : (
            <Skeleton rows={5} />
          )}
        </>
      )}
      {self.data?.may.audit === false && (
        <>
          <h1>{words.title}</h1>
          <Notice title={words.noRight}>
            <Link to="/">{words.noRightAdvice}</Link>
          </Notice>
        </>
      )}
      {self.data?.may.audit === true && <Figures />}
    </main>
  );
}

function Figures() {
  const words = WORDS.overview;
  const { range = 'day' } = useSearch({ from: '/overview' });
  // A new hour begins a new span.
  const span = spanOf(range, useNow(60_000));
  const overview = useOverview(span);
  const { data: pending } = usePending();
  const steps = overview.data === undefined ? null : stepsOf(span, range, overview.data);
  const isCounting = (overview.data?.uncounted ?? 0) > BEHIND;
  const decided = steps === null ? 0 : totalOf(steps, 'allow', 'mask', 'ask', 'block');
  return (
    <>
      <h1>{steps === null ? words.title : words.lead(decided, words.ranges[range], isCounting)}</h1>
      <p className="overview-under">
        <span className="overview-ranges" role="group" aria-label={words.range}>
          {RANGES.map((one) => (
            <Link
              key={one}
              to="/overview"
              search={one === 'day' ? {} : { range: one }}
              activeOptions={{ exact: true, includeSearch: true }}
              aria-current={one === range ? 'true' : undefined}
            >
              {words.ranges[one]}
            </Link>
          ))}
        </span>
        {pending !== undefined && <Link to="/">{words.waiting(pending.length)}</Link>}
      </p>
      {overview.isPending && <Skeleton rows={6} />}
      {overview.isError && <Failure error={overview.error} retry={() => void overview.refetch()} />}
      {isCounting && (
        <Notice means="waits" title={words.counting}>
          {words.uncounted(overview.data?.uncounted ?? 0)}
        </Notice>
      )}
      {steps !== null && decided === 0 && !isCounting && (
        <Notice title={words.empty}>{words.emptyAdvice}</Notice>
      )}
      {steps !== null && overview.data !== undefined && (
        <Plots steps={steps} overview={overview.data} range={range} />
      )}
    </>
  );
}

function Plots({
  steps,
  overview,
  range,
}: {
  readonly steps: readonly Step[];
  readonly overview: Overview;
  readonly range: Range;
}) {
  const words = WORDS.overview;
  const isByDay = range === 'month' || range === 'quarter';
  const sessions = (conditions: Readonly<Record<string, string>>) => (step: Step) =>
    `/console/sessions?${new URLSearchParams({ since: step.at, before: step.until, ...conditions }).toString()}`;
  return (
    <div className="overview-plots">
      <Plot title={words.decisions} steps={steps} series={DECISIONS} isByDay={isByDay} to={sessions({})} />
      <Plot
        title={words.approvals}
        steps={steps}
        series={APPROVALS}
        isByDay={isByDay}
        to={sessions({ effect: 'ask' })}
      />
      <Waited waited={overview.waited} />
      <Plot
        title={words.refusals}
        hint={words.refusalsHint}
        steps={steps}
        series={REFUSALS}
        isByDay={isByDay}
        to={(step) => (step.block > 0 ? sessions({ effect: 'block' })(step) : null)}
      />
      {totalOf(steps, 'found') > 0 && <p className="hint">{words.found(totalOf(steps, 'found'))}</p>}
    </div>
  );
}

/** Events: what is not counted within a few seconds. */
const BEHIND = 100;

/** How long requests waited for people's word. */
function Waited({ waited }: Pick<Overview, 'waited'>) {
  const words = WORDS.overview;
  const most = Math.max(1, ...waited.map(({ requests }) => requests));
  return (
    <section className="panel overview-waited-panel" aria-label={words.waited}>
      <h2>{words.waited}</h2>
      <div className="panel-body">
        <p className="hint">{words.waitedHint}</p>
        <table className="overview-waited">
          <caption className="visually-hidden">{words.waited}</caption>
          <tbody>
            {waited.map(({ upTo, requests }) => (
              <tr key={upTo}>
                <th scope="row">{words.upTo(upTo)}</th>
                <td>{requests.toLocaleString('en')}</td>
                <td aria-hidden="true">
                  <svg width="100%" height="10" viewBox="0 0 100 10" preserveAspectRatio="none">
                    <rect className="plot-ask" width={(requests / most) * 100} height="10" />
                  </svg>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
