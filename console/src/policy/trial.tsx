import type { AsWhom, Explanation, OwnAccount } from '@sluice/contract';
import { type FormEvent, useState } from 'react';
import { Button } from '../design/button.tsx';
import { Field, TextAreaField } from '../design/field.tsx';
import { Notice } from '../design/notice.tsx';
import { Failure } from '../relay/failure.tsx';
import { groupsIn, usePeople } from '../relay/people.ts';
import { useTrial } from '../relay/policy.ts';
import { WORDS } from '../words.ts';

const GROUPS = '\u0000groups';

/** What would happen if somebody sent a statement: now, and under the draft. */
export function Trial({
  self,
  draft,
  isGood,
}: {
  readonly self: OwnAccount;
  readonly draft: string;
  readonly isGood: boolean;
}) {
  const words = WORDS.policy.trial;
  const { data: people } = usePeople('');
  const [person, setPerson] = useState(self.identity.id);
  const [groups, setGroups] = useState('');
  const [sql, setSql] = useState('');
  const trial = useTrial();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    trial.mutate({ as: asWhom(), sql, draft });
  };
  return (
    <section className="policy-part">
      <h2>{words.title}</h2>
      <form className="policy-trial" onSubmit={submit}>
        <Field label={words.person}>
          {(ids) => (
            <select
              {...ids}
              className="field"
              value={person}
              onChange={({ target }) => setPerson(target.value)}
            >
              <option value={self.identity.id}>{WORDS.access.who.you(self.identity.name)}</option>
              {people?.people
                .filter(({ id }) => id !== self.identity.id)
                .map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              <option value={GROUPS}>{WORDS.access.who.inGroups}</option>
            </select>
          )}
        </Field>
        {person === GROUPS && (
          <Field label={words.groups} hint={WORDS.access.who.groupsHint}>
            {(ids) => (
              <input
                {...ids}
                className="field"
                value={groups}
                onChange={({ target }) => setGroups(target.value)}
              />
            )}
          </Field>
        )}
        <TextAreaField
          label={words.sql}
          hint={words.sqlHint}
          rows={4}
          isCode
          isRequired
          value={sql}
          onChange={setSql}
        />
        <Button type="submit" look="primary" disabled={!isGood || trial.isPending}>
          {words.try}
        </Button>
      </form>
      {trial.isError && <Failure error={trial.error} title={words.failed} />}
      {trial.isSuccess && (
        <div className="policy-answers" role="status">
          <Answer title={words.inForce} explanation={trial.data.inForce} />
          {isSame(trial.data.inForce, trial.data.underDraft) ? (
            <Notice title={words.draft}>{words.same}</Notice>
          ) : (
            <Answer title={words.draft} explanation={trial.data.underDraft} />
          )}
        </div>
      )}
    </section>
  );

  function asWhom(): AsWhom {
    if (person === self.identity.id) return { type: 'self' };
    if (person !== GROUPS) return { type: 'person', id: person };
    return { type: 'groups', groups: groupsIn(groups), kind: 'person' };
  }
}

const MEANS = { allow: 'agreed', mask: 'masked', ask: 'waits', block: 'refused' } as const;

function Answer({
  title,
  explanation: { decision, asks },
}: {
  readonly title: string;
  readonly explanation: Explanation;
}) {
  const words = WORDS.policy.trial;
  return (
    <Notice means={MEANS[decision.effect]} title={`${title}: ${words.effects[decision.effect]}`}>
      <p>
        {words.by(decision.rule)}: {decision.reason}
      </p>
      {asks !== null && <p>{words.asks(asks.needed, asks.approvers.join(', '))}</p>}
      <ul>
        {decision.masks.map(({ output, method, because }) => (
          <li key={output}>
            {words.masked(output, method)} ({because})
          </li>
        ))}
      </ul>
      {decision.advice !== undefined && <p>{decision.advice}</p>}
    </Notice>
  );
}

/** All but the version of what decided. */
function isSame({ decision: one }: Explanation, { decision: other }: Explanation): boolean {
  const of = (decision: Explanation['decision']) => JSON.stringify({ ...decision, policyVersion: '' });
  return of(one) === of(other);
}
