import type { OwnAccount, PolicyCheck } from '@sluice/contract';
import { useMemo, useState } from 'react';
import { Button } from '../design/button.tsx';
import { CodeEditor } from '../design/code-editor.tsx';
import { CopyButton } from '../design/copy-button.tsx';
import { Notice } from '../design/notice.tsx';
import { Panel } from '../design/panel.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Worded } from '../design/worded.tsx';
import { Failure } from '../relay/failure.tsx';
import { useCheck, usePolicy, usePolicySchema } from '../relay/policy.ts';
import { WORDS } from '../words.ts';
import { useKeptDraft } from './kept-draft.ts';
import { policyAssist } from './policy-assist.ts';
import type { Schema } from './schema-help.ts';
import { Simulation } from './simulation.tsx';
import { Trial } from './trial.tsx';

/** A draft of the policy: checked as it is written, tested, tried, simulated. It takes effect nowhere. */
export function Draft({ self }: { readonly self: OwnAccount }) {
  const policy = usePolicy();
  return (
    <>
      <h1>{WORDS.policy.draft.lead}</h1>
      {policy.isPending && <Skeleton rows={6} />}
      {policy.isError && <Failure error={policy.error} retry={() => void policy.refetch()} />}
      {policy.data !== undefined && <Editing inForce={policy.data.text} self={self} />}
    </>
  );
}

function Editing({ inForce, self }: { readonly inForce: string; readonly self: OwnAccount }) {
  const words = WORDS.policy.draft;
  const { draft, write, discard } = useKeptDraft(inForce);
  const [generation, setGeneration] = useState(0);
  const [goTo, setGoTo] = useState<Place | null>(null);
  const check = useCheck(draft.text, draft.cases);
  const { data: schema } = usePolicySchema();
  const assist = useMemo(
    () => (schema === undefined ? null : policyAssist(schema.schema as Schema)),
    [schema],
  );
  const isSame = draft.text === inForce;
  const isGood = check.isCurrent && check.data?.problems.length === 0;
  return (
    <>
      <div className="policy-draft">
        <div>
          <section className="panel" aria-label={words.text}>
            <h2>
              {words.text}
              <span>
                <CopyButton text={draft.text} />
                <Button look="quiet" onClick={() => download(draft.text)}>
                  {words.download}
                </Button>
              </span>
            </h2>
            <CodeEditor
              text={draft.text}
              label={words.text}
              generation={generation}
              goTo={goTo}
              problems={check.isCurrent ? (check.data?.problems ?? NONE) : NONE}
              onChange={(text) => write({ text })}
              assist={assist}
            />
            <p className="panel-body hint">{words.help}</p>
          </section>
          <section className="panel" aria-label={words.cases}>
            <h2>{words.cases}</h2>
            <CodeEditor
              text={draft.cases}
              label={words.cases}
              generation={generation}
              problems={check.isCurrent ? (check.data?.caseProblems ?? NONE) : NONE}
              onChange={(cases) => write({ cases })}
            />
            <p className="panel-body hint">{words.casesHint}</p>
          </section>
        </div>
        <div>
          <div role="status">
            {check.isError && <Failure error={check.error} retry={() => void check.refetch()} />}
            {!check.isError && (
              <Checked check={check.isCurrent ? check.data : undefined} isSame={isSame} onGoTo={setGoTo} />
            )}
          </div>
          {check.isCurrent && check.data !== undefined && <Cases check={check.data} />}
          {!isSame && (
            <Button
              look="danger"
              onClick={() => {
                discard();
                setGeneration((before) => before + 1);
              }}
            >
              {words.discard}
            </Button>
          )}
          <p className="hint">{words.kept}</p>
          <Panel title={words.force}>
            <ol className="panel-body policy-steps">
              {words.forceSteps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
          </Panel>
        </div>
      </div>
      <Trial self={self} draft={draft.text} isGood={isGood} />
      <Simulation draft={draft.text} isGood={isGood} />
    </>
  );
}

interface Place {
  readonly line: number;
  readonly column: number;
}

const NONE: PolicyCheck['problems'] = [];

function Checked({
  check,
  isSame,
  onGoTo,
}: {
  readonly check: PolicyCheck | undefined;
  readonly isSame: boolean;
  readonly onGoTo: (place: Place) => void;
}) {
  const words = WORDS.policy.draft;
  if (check === undefined) return <Notice title={words.checking} />;
  if (check.problems.length > 0) {
    return (
      <Notice means="refused" title={words.bad(check.problems.length)}>
        <ul className="sentences">
          {check.problems.map(({ line, column, message, path }) => (
            <li key={`${line} ${column} ${path} ${message}`}>
              <button type="button" className="link" onClick={() => onGoTo({ line, column })}>
                {words.problem(line, column)}
              </button>
              : {message}
            </li>
          ))}
        </ul>
      </Notice>
    );
  }
  return (
    <Notice means="agreed" title={words.good(check.rules.length)}>
      {isSame ? words.unchanged : undefined}
    </Notice>
  );
}

function Cases({ check: { cases, caseProblems, moreCases } }: { readonly check: PolicyCheck }) {
  const words = WORDS.policy.draft;
  const failed = cases.filter(({ failures }) => failures.length > 0);
  if (cases.length === 0 && caseProblems.length === 0) return null;
  const isBad = failed.length > 0 || caseProblems.length > 0;
  return (
    <Notice
      means={isBad ? 'refused' : 'agreed'}
      title={
        failed.length === 0 && !isBad ? words.passed(cases.length) : words.failed(failed.length, cases.length)
      }
    >
      <ul className="sentences">
        {caseProblems.map(({ line, column, message }) => (
          <li key={`${line} ${column} ${message}`}>
            {words.problem(line, column)}: {message}
          </li>
        ))}
        {failed.map(({ name, failures }) => (
          <li key={name}>
            {name}: {failures.join('; ')}
          </li>
        ))}
        {moreCases > 0 && (
          <li>
            <Worded text={words.moreCases(moreCases)} />
          </li>
        )}
      </ul>
    </Notice>
  );
}

/** As a file, made here: nothing is sent. */
function download(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'policy.yaml';
  link.click();
  URL.revokeObjectURL(url);
}
