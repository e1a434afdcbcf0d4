import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { Field } from '../design/field.tsx';
import { Notice } from '../design/notice.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Failure } from '../relay/failure.tsx';
import { type TableName, useReach, useReaders } from '../relay/people.ts';
import { WORDS } from '../words.ts';
import { ReachedRow } from './reached.tsx';
import { throughIn } from './search.ts';
import { ThroughChoice } from './through-choice.tsx';

/** Who gets what of a table. */
export function OfTable({ table }: { readonly table: string }) {
  const words = WORDS.access.who;
  const name = nameIn(table);
  const readers = useReaders(name, throughIn(useSearch({ from: '/access' })));
  const pages = readers.data?.pages ?? [];
  const all = pages.flatMap((page) => page.readers);
  const some = all.filter(({ object }) => object.select.effect !== 'block').length;
  return (
    <>
      <h1>
        {pages.length === 0 ? words.tableFirst : words.ofTable(table, some, all.length, readers.hasNextPage)}
      </h1>
      <TableForm key={table} table={table} />
      <ThroughChoice />
      {table !== '' && name === null && <Notice title={words.badTable} />}
      {name !== null && readers.isPending && <Skeleton rows={4} />}
      {readers.isError && pages.length === 0 && (
        <Failure error={readers.error} retry={() => void readers.refetch()} />
      )}
      {all.length > 0 && (
        <>
          <p className="hint">
            {words.select}. {words.asOf}
          </p>
          <ul className="rows" aria-label={words.readersLabel}>
            {all.map(({ person, object }) => (
              <ReachedRow
                key={person.id + person.subject}
                object={object}
                isAudit
                title={
                  <>
                    {person.name} <span className="row-more">{person.groups.join(', ')}</span>{' '}
                    {person.isOut && <Badge means="refused">{words.out}</Badge>}
                  </>
                }
              />
            ))}
          </ul>
        </>
      )}
      {readers.isFetchNextPageError && <Failure error={readers.error} />}
      {readers.hasNextPage && (
        <div className="access-more">
          <Button disabled={readers.isFetchingNextPage} onClick={() => void readers.fetchNextPage()}>
            {words.morePeople}
          </Button>
        </div>
      )}
    </>
  );
}

function TableForm({ table }: { readonly table: string }) {
  const words = WORDS.access.who;
  const navigate = useNavigate();
  const search = useSearch({ from: '/access' });
  const [text, setText] = useState(table);
  // Those that the viewer may know of, to choose from; any other can be typed.
  const { data } = useReach({ type: 'self' });
  const known = data?.pages.flatMap(({ objects }) => objects) ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ to: '/access', search: { ...throughIn(search), table: text.trim() } });
  };
  return (
    <form className="access-ask" onSubmit={submit}>
      <Field label={words.tableField} hint={words.tableHint}>
        {(ids) => (
          <input
            {...ids}
            className="field field-code"
            list="access-tables"
            value={text}
            required
            spellCheck={false}
            autoComplete="off"
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <datalist id="access-tables">
        {known.map(({ database, schema, name }) => (
          <option key={`${database}.${schema}.${name}`} value={`${database}.${schema}.${name}`} />
        ))}
      </datalist>
      <Button type="submit" look="primary">
        {words.ask}
      </Button>
    </form>
  );
}

/** Parts are separated by dots; one in quotation marks may hold any. */
function nameIn(text: string): TableName | null {
  const parts = [...text.matchAll(/(?:^|\.)(?:"((?:[^"]|"")+)"|([^".]+))/g)];
  if (parts.map(([whole]) => whole).join('') !== text) return null;
  const [database, schema, name, more] = parts.map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!.trim().toUpperCase(),
  );
  if (database === undefined || schema === undefined || name === undefined || more !== undefined) return null;
  return { database, schema, name };
}
