import type { AsWhom, OwnAccount } from '@sluice/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Button } from '../design/button.tsx';
import { Field } from '../design/field.tsx';
import { usePeople } from '../relay/people.ts';
import { WORDS } from '../words.ts';
import { throughIn } from './search.ts';

const GROUPS = '\u0000groups';

/** Who is asked about: one of those who have signed in, or somebody in some groups. */
export function PersonChoice({ self, as }: { readonly self: OwnAccount; readonly as: AsWhom }) {
  const words = WORDS.access.who;
  const navigate = useNavigate();
  const through = throughIn(useSearch({ from: '/access' }));
  const [text, setText] = useState('');
  const [isGroups, setIsGroups] = useState(as.type === 'groups');
  const [groups, setGroups] = useState(as.type === 'groups' ? as.groups.join(', ') : '');
  const people = usePeople(text);
  const listed = (people.data?.people ?? []).filter(({ id }) => id !== self.identity.id);
  const chosen = as.type === 'person' ? as.id : self.identity.id;
  const isMissing = as.type === 'person' && !listed.some(({ id }) => id === as.id);
  const choose = (value: string) => {
    setIsGroups(value === GROUPS);
    if (value === GROUPS) return;
    void navigate({
      to: '/access',
      search: value === self.identity.id ? through : { ...through, person: value },
    });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ to: '/access', search: { ...through, groups } });
  };
  return (
    <form className="access-ask" onSubmit={submit}>
      <Field label={words.choose}>
        {(ids) => (
          <select
            {...ids}
            className="field"
            value={isGroups ? GROUPS : chosen}
            onChange={({ target }) => choose(target.value)}
          >
            <option value={self.identity.id}>{words.you(self.identity.name)}</option>
            {isMissing && <option value={chosen}>{chosen}</option>}
            {listed.map(({ id, name, isOut }) => (
              <option key={id} value={id}>
                {isOut ? `${name}, ${words.out}` : name}
              </option>
            ))}
            <option value={GROUPS}>{words.inGroups}</option>
          </select>
        )}
      </Field>
      {isGroups && (
        <>
          <Field label={words.groups} hint={words.groupsHint}>
            {(ids) => (
              <input
                {...ids}
                className="field"
                value={groups}
                spellCheck={false}
                autoComplete="off"
                onChange={({ target }) => setGroups(target.value)}
              />
            )}
          </Field>
          <Button type="submit" look="primary">
            {words.ask}
          </Button>
        </>
      )}
      {!isGroups && (text !== '' || (people.data?.next ?? null) !== null) && (
        <Field label={words.find} hint={words.findHint}>
          {(ids) => (
            <input
              {...ids}
              className="field"
              type="search"
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
      )}
    </form>
  );
}
