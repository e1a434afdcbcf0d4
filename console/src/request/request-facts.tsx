import type { ApprovalView, PromptBy } from '@sluice/contract';
import { Link } from '@tanstack/react-router';
import { Badge } from '../design/badge.tsx';
import { Fact, Panel } from '../design/panel.tsx';
import { Ago, Timed } from '../design/time.tsx';
import { SqlDiff } from '../sql/sql-diff.tsx';
import { PromptOrigin } from './prompt-origin.tsx';
import { WORDS } from '../words.ts';
import { closestApproved } from './closest-approved.ts';

interface FactsProps {
  readonly view: ApprovalView;
}

/** What somebody wrote with a decision. */
function Comment({ text }: { readonly text: string }) {
  if (text === '') return null;
  return (
    <q className="quoted" dir="auto">
      {text}
    </q>
  );
}

/** The tables that it reads and writes, how many rows, and what stays masked. */
export function Touches({ view }: FactsProps) {
  const { writes, reads, plain, masks, computedOn, summary } = view;
  return (
    <Panel title={WORDS.request.touches}>
      <dl className="facts">
        {writes.length > 0 && (
          <Fact name={WORDS.request.writes}>
            <Names names={writes} />
          </Fact>
        )}
        <Fact name={WORDS.request.reads}>
          {reads.length === 0 ? WORDS.request.nothing : <Names names={reads} />}
        </Fact>
        {plain.rows !== '' && (
          <Fact name={WORDS.request.rows}>
            <Timed text={plain.rows} />
          </Fact>
        )}
        {plain.cost !== undefined && <Fact name={WORDS.request.cost}>{plain.cost}</Fact>}
        {(masks.length > 0 || computedOn.length > 0) && (
          <Fact name={WORDS.request.masked}>
            <ul>
              {masks.map(({ column, method, because }) => (
                <li key={column}>
                  <code>{column}</code> <Badge means="masked">{method}</Badge> {because}
                </li>
              ))}
              {computedOn.map(({ column, on, because }) => (
                <li key={`${column} ${on}`}>
                  <code>{column ?? WORDS.request.rows}</code> <Badge means="masked">{on}</Badge> {because}
                </li>
              ))}
            </ul>
          </Fact>
        )}
      </dl>
      {summary.mayChange.length > 0 && (
        <div className="panel-body caution">
          {WORDS.request.mayChange} <Names names={summary.mayChange} />
        </div>
      )}
    </Panel>
  );
}

function Names({ names }: { readonly names: readonly string[] }) {
  return (
    <ul>
      {names.map((name) => (
        <li key={name}>
          <code>{name}</code>
        </li>
      ))}
    </ul>
  );
}

/** A person asks by themselves; where an agent asks for them, the words may be either's. */
function purposeBy(agent: string | null): PromptBy | undefined {
  return agent === null ? 'person' : undefined;
}

/** Why it is asked for, in words that nobody checks; and by which program. */
export function Prompt({ view }: FactsProps) {
  const { application, version, agent, address } = view.client;
  const prompt =
    view.kind === 'statement' ? view.prompt : { text: view.access.purpose, by: purposeBy(agent) };
  return (
    <Panel title={WORDS.request.prompt}>
      <div className="panel-body">
        {prompt === null ? (
          <p className="hint">{WORDS.request.noPrompt}</p>
        ) : (
          <>
            <blockquote className="quoted" dir="auto">
              {prompt.text}
            </blockquote>
            <p className="hint">
              <PromptOrigin prompt={prompt} />
            </p>
          </>
        )}
      </div>
      <dl className="facts">
        <Fact name={WORDS.request.client}>
          {[application, version, agent].filter((part) => part !== null && part !== '').join(' ')}, {address}
        </Fact>
        <Fact name={WORDS.request.session}>
          <Link
            to="/sessions/$id"
            params={{ id: view.summary.session }}
            search={{ statement: view.bound.statement }}
          >
            {WORDS.replay.openReplay}
          </Link>{' '}
          <code>{view.summary.session}</code>
        </Fact>
      </dl>
    </Panel>
  );
}

/** Bind values, variables, and what allowing more would cover. */
export function Values({ view }: FactsProps) {
  const binds = view.kind === 'statement' ? view.binds : [];
  const variables = view.kind === 'statement' ? view.variables : [];
  const parameters = view.kind === 'statement' ? view.parameters : [];
  const covers = view.kind === 'statement' ? (view.grant?.covers ?? []) : view.access.covers;
  return (
    <>
      {binds.length + variables.length + parameters.length > 0 && (
        <Panel
          title={variables.length + parameters.length === 0 ? WORDS.request.binds : WORDS.request.variables}
        >
          <dl className="facts">
            {parameters.map(({ name, value }) => (
              <Fact key={name} name={name}>
                <code>{value}</code>
              </Fact>
            ))}
            {binds.map(({ position, type, values, total }) => (
              <Fact key={position} name={`?${position} ${type}`}>
                {values === null ? (
                  <Badge means="masked">{WORDS.request.withheld}</Badge>
                ) : (
                  <code>{values.map((value) => value ?? 'NULL').join(', ')}</code>
                )}
                {values !== null &&
                  total > values.length &&
                  ` ${WORDS.request.moreValues(total - values.length)}`}
              </Fact>
            ))}
            {variables.map(({ name, value, withheld }) => (
              <Fact key={name} name={`$${name}`}>
                {withheld ? (
                  <Badge means="masked">{WORDS.request.withheld}</Badge>
                ) : (
                  <code>{value ?? 'NULL'}</code>
                )}
              </Fact>
            ))}
          </dl>
        </Panel>
      )}
      {covers.length > 0 && (
        <Panel title={WORDS.request.grantCovers}>
          <ul className="panel-body sentences">
            {covers.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

/** What was asked before that is like it, and what became of it. */
export function Before({ view: { similar } }: FactsProps) {
  return (
    <Panel title={WORDS.request.before}>
      <ul className="panel-body sentences">
        {similar.length === 0 && <li className="hint">{WORDS.request.noneBefore}</li>}
        {similar.map(({ id, phase, askedAt, requester, comment, sameText }) => (
          <li key={id}>
            <Link to="/approvals/$id" params={{ id }}>
              {requester.name}, <Ago at={askedAt} />
            </Link>
            : {WORDS.phases[phase]}
            {sameText && `, ${WORDS.request.sameText}`}
            <Comment text={comment} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** What is other than in the statement most like it that people agreed to. */
export function Changed({ view }: FactsProps) {
  const closest = closestApproved(view);
  if (closest === null) return null;
  return (
    <Panel title={WORDS.request.changed}>
      <p className="panel-body hint">
        {WORDS.request.changedSince}{' '}
        <Link to="/approvals/$id" params={{ id: closest.id }}>
          {closest.requester.name}, <Ago at={closest.askedAt} />
        </Link>
      </p>
      <SqlDiff before={closest.sql} now={view.sql} label={WORDS.request.changed} />
    </Panel>
  );
}

export function Votes({ view: { votes, summary } }: FactsProps) {
  return (
    <Panel title={`${WORDS.request.votes}: ${WORDS.inbox.of(summary.approvedBy.length, summary.needed)}`}>
      <ul className="panel-body sentences">
        {votes.length === 0 && <li className="hint">{WORDS.request.noVotes}</li>}
        {votes.map(({ by, verdict, at, comment, signed }) => (
          <li key={`${by.id} ${at}`}>
            {by.name}:{' '}
            <Badge means={verdict === 'approve' ? 'agreed' : 'refused'}>
              {WORDS.phases[verdict === 'approve' ? 'approved' : 'denied']}
            </Badge>{' '}
            <Ago at={at} />
            {signed && `, ${WORDS.request.signed}`}
            <Comment text={comment} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
