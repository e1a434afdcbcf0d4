import type { SessionEvent } from '@sluice/contract';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Badge } from '../design/badge.tsx';
import { Notice } from '../design/notice.tsx';
import { Fact, Panel } from '../design/panel.tsx';
import { Ago } from '../design/time.tsx';
import { SqlView } from '../sql/sql-view.tsx';
import { PromptOrigin } from '../request/prompt-origin.tsx';
import { WORDS } from '../words.ts';
import { BindsView } from './binds-view.tsx';
import type { Proven } from './payload.ts';
import type { Reading } from './recording.ts';
import { ResultGrid } from './result-grid.tsx';
import type { Body, Scene } from './worker-messages.ts';

const words = WORDS.replay;

export interface SceneViewProps {
  readonly session: string;
  readonly scene: Scene;
  readonly reading: Reading;
  readonly proven: Proven;
}

/** What was known at a moment: of its statement, everything up to then, and nothing of what came later. */
export function SceneView({ session, scene, reading, proven }: SceneViewProps) {
  const { event, story } = scene;
  const known = story.filter(({ seq }) => seq <= event.seq);
  const asked = find(known, 'access_asked');
  const sent = known.find(({ body }) => body.type === 'statement');
  const statement = find(known, 'statement');
  if (!('body' in event)) {
    return <Notice title={words.removed(event.type.replaceAll('_', ' '))} />;
  }
  if (statement === null && asked === null) return <Other body={event.body} at={event.at} />;
  const decision = find(known, 'decision');
  return (
    <>
      <div className="scene-head">
        {decision !== null && (
          <p className="scene-sentence">
            <Badge means={MEANS[decision.effect]}>{WORDS.sessions.effects[decision.effect]}</Badge>{' '}
            {decision.sentence}
          </p>
        )}
        <Prompt prompt={scene.prompt} />
      </div>
      <Sql
        key={statement?.statement ?? asked!.statement}
        sql={statement?.sql ?? asked!.bound.sql}
        decision={decision}
      />
      {statement !== null && statement.binds !== null && (
        <BindsView session={session} seq={sent!.seq} address={statement.binds} proven={proven} />
      )}
      <Outcome session={session} known={known} reading={reading} proven={proven} />
      <Approved known={known} />
      <Decided decision={decision} understanding={find(known, 'understanding')} />
    </>
  );
}

function Prompt({ prompt }: Pick<Scene, 'prompt'>) {
  if (prompt === null) return <p className="hint">{words.noPrompt}</p>;
  return (
    <figure>
      <blockquote className="quoted" dir="auto">
        {prompt.text}
      </blockquote>
      <figcaption className="hint">
        {words.prompt}. <PromptOrigin prompt={prompt} />
      </figcaption>
    </figure>
  );
}

function find<Type extends SessionEvent['body']['type']>(
  events: readonly SessionEvent[],
  type: Type,
): Body<Type> | null {
  const found = events.findLast(({ body }) => body.type === type);
  return (found?.body as Body<Type> | undefined) ?? null;
}

function Sql({ sql, decision }: { readonly sql: string; readonly decision: Body<'decision'> | null }) {
  const marks = useMemo(() => {
    if (decision === null || !MARKED.has(decision.effect)) return [];
    const { range, rule, reason } = decision;
    return [{ from: range.start, to: range.end, label: rule, reason }];
  }, [decision?.statement, decision?.rule, decision?.effect]);
  return (
    <Panel title={WORDS.request.sql}>
      <SqlView sql={sql} label={WORDS.request.sql} marks={marks} />
    </Panel>
  );
}

/** What was allowed, or masked in its result, has no part that stands out. */
const MARKED: ReadonlySet<Body<'decision'>['effect']> = new Set(['ask', 'block']);
const MEANS = { allow: 'neutral', mask: 'masked', ask: 'waits', block: 'refused' } as const;

interface DecidedProps {
  readonly decision: Body<'decision'> | null;
  readonly understanding: Body<'understanding'> | null;
}

function Decided({ decision, understanding }: DecidedProps) {
  const problem = understanding?.problem ?? null;
  if (decision === null) return problem === null ? null : <Notice means="refused" title={problem} />;
  const { reason, rule, advice, masks, computedOn, policyVersion } = decision;
  const nameOf = (output: number) => understanding?.outputs[output]?.name ?? output + 1;
  return (
    <Panel title={words.decision}>
      <dl className="facts">
        <Fact name={words.why}>{reason}</Fact>
        <Fact name={words.rule}>
          <Link to="/sessions" search={{ in: 'rule', q: rule }}>
            {rule}
          </Link>
        </Fact>
        {advice !== undefined && <Fact name={words.advice}>{advice}</Fact>}
        {understanding !== null && understanding.objects.length > 0 && (
          <Fact name={words.touched}>
            <ul>
              {understanding.objects.map(({ access, name }) => (
                <li key={`${access} ${name}`}>
                  {access}{' '}
                  <Link to="/sessions" search={{ in: 'object', q: name }}>
                    <code>{name}</code>
                  </Link>
                </li>
              ))}
            </ul>
          </Fact>
        )}
        {(masks.length > 0 || computedOn !== undefined) && (
          <Fact name={words.masks}>
            <ul>
              {masks.map(({ output, method, because }) => (
                <li key={output}>
                  <code>{nameOf(output)}</code> <Badge means="masked">{method}</Badge> {because}
                </li>
              ))}
              {computedOn?.outputs.map(({ output, on, because }) => (
                <li key={`on ${output}`}>
                  <code>{nameOf(output)}</code> <Badge means="masked">{words.computedOn(on)}</Badge> {because}
                </li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact name={words.policy}>
          <code>{policyVersion.slice(0, 12)}</code>
        </Fact>
      </dl>
    </Panel>
  );
}

function Approved({ known }: { readonly known: readonly SessionEvent[] }) {
  const asked = find(known, 'approval_asked') ?? find(known, 'access_asked');
  if (asked === null) return null;
  const ended = find(known, 'approval_ended');
  const votes = known.filter(({ body }) => body.type === 'approval_decided');
  return (
    <Panel
      title={
        <>
          {words.approval}
          {ended === null ? (
            <Badge means="waits">{WORDS.phases.asked}</Badge>
          ) : (
            <Badge means={ended.how === 'approved' || ended.how === 'granted' ? 'agreed' : 'refused'}>
              {WORDS.phases[ended.how]}
            </Badge>
          )}
        </>
      }
    >
      <ul className="panel-body sentences">
        {votes.map(({ seq, at, body }) => {
          if (body.type !== 'approval_decided') return null;
          return (
            <li key={seq}>
              {body.by.name}:{' '}
              <Badge means={body.verdict === 'approve' ? 'agreed' : 'refused'}>
                {WORDS.phases[body.verdict === 'approve' ? 'approved' : 'denied']}
              </Badge>{' '}
              <Ago at={at} />
              {body.signature !== null && `, ${WORDS.request.signed}`}
              {body.comment !== '' && (
                <q className="quoted" dir="auto">
                  {body.comment}
                </q>
              )}
              {body.proposal !== null && <SqlView sql={body.proposal} label={WORDS.decide.proposal} />}
            </li>
          );
        })}
        {votes.length === 0 && <li className="hint">{WORDS.request.noVotes}</li>}
      </ul>
      <dl className="facts">
        <Fact name={words.approvers}>
          {asked.approvers.join(', ')} ({WORDS.inbox.of(votes.length, asked.needed)})
        </Fact>
        <Fact name={WORDS.request.before}>
          <Link to="/approvals/$id" params={{ id: asked.approval }}>
            {words.openRequest}
          </Link>
        </Fact>
      </dl>
    </Panel>
  );
}

function Outcome({
  session,
  known,
  reading,
  proven,
}: Omit<SceneViewProps, 'scene'> & { readonly known: readonly SessionEvent[] }) {
  const result = find(known, 'result');
  const error = find(known, 'error');
  const cancelled = find(known, 'cancelled');
  const decision = find(known, 'decision');
  const chunks = known.filter(({ body }) => body.type === 'chunk_returned');
  const places = useMemo(
    () =>
      known
        .flatMap(({ seq, body }) =>
          body.type === 'result' || body.type === 'chunk_returned'
            ? [{ seq, first: body.type === 'result' ? -1 : body.firstRow, payloads: body.payloads }]
            : [],
        )
        .toSorted((one, other) => one.first - other.first)
        .flatMap(({ seq, payloads }) => payloads.map((address, place) => ({ seq, place, address }))),
    [result?.statement, chunks.length],
  );
  const masks = useMemo(
    () => new Map(decision?.masks.map(({ output, method, because }) => [output, { method, because }])),
    [decision?.statement],
  );
  if (error !== null) {
    return (
      <Notice means="refused" title={error.code}>
        <p className="scene-error">{error.message}</p>
      </Notice>
    );
  }
  if (cancelled !== null) return <Notice means="refused" title={words.cancelled(cancelled.by)} />;
  if (decision?.effect === 'block') {
    return (
      <Notice means="refused" title={words.notRun}>
        {decision.reason}
      </Notice>
    );
  }
  if (result === null) {
    const isSent = find(known, 'executed') !== null;
    return <p className="hint scene-waiting">{isSent ? words.running : words.waiting}</p>;
  }
  const recorded = chunks.reduce(
    (rows, { body }) => rows + (body.type === 'chunk_returned' ? body.recordedRows : 0),
    result.recordedRows,
  );
  return (
    <Panel
      title={
        <>
          {words.result}
          <span>{words.rows(recorded, result.rows + (result.kept?.rows ?? 0))}</span>
        </>
      }
    >
      {result.columns.length > 0 && (
        <ResultGrid
          key={result.statement}
          session={session}
          result={result}
          places={places}
          masks={masks}
          reading={reading}
          proven={proven}
        />
      )}
      {!result.complete && <p className="panel-body hint">{words.incomplete}</p>}
    </Panel>
  );
}

/** An event that is about no statement: each of its members, as it was recorded. */
function Other({ body, at }: { readonly body: SessionEvent['body']; readonly at: string }) {
  return (
    <Panel title={body.type.replaceAll('_', ' ')}>
      {body.type === 'prompt' ? (
        <blockquote className="panel-body quoted" dir="auto">
          {body.text}
        </blockquote>
      ) : (
        <dl className="facts">
          {Object.entries(body)
            .filter(([name]) => name !== 'type')
            .map(([name, value]) => (
              <Fact key={name} name={name}>
                <Value value={value} />
              </Fact>
            ))}
          <Fact name={words.recordedAt}>
            <Ago at={at} />
          </Fact>
        </dl>
      )}
    </Panel>
  );
}

function Value({ value }: { readonly value: unknown }) {
  if (value === null) return '–';
  if (typeof value !== 'object') return `${value as string | number | boolean}`;
  const members = Object.entries(value).filter(([, member]) => typeof member !== 'object' || member === null);
  if (Array.isArray(value)) return value.map(String).join(', ');
  return members.map(([name, member]) => `${name}: ${String(member ?? '–')}`).join(', ');
}
