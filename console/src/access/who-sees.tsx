import { Link, useSearch } from '@tanstack/react-router';
import { Notice } from '../design/notice.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Failure } from '../relay/failure.tsx';
import { useSelf } from '../relay/people.ts';
import { WORDS } from '../words.ts';
import { OfPerson } from './of-person.tsx';
import { OfTable } from './of-table.tsx';
import { throughIn } from './search.ts';

/** What somebody gets, or who gets something of a table: asked of the rules in force. */
export function WhoSees() {
  const search = useSearch({ from: '/access' });
  const { table } = search;
  const self = useSelf();
  const words = WORDS.access.who;
  if (self.isPending) return <Loading />;
  if (self.isError) return <Lost error={self.error} retry={() => void self.refetch()} />;
  const { audit } = self.data.may;
  return (
    <>
      {audit ? (
        <div className="access-switch" role="group" aria-label={words.about}>
          <Link
            to="/access"
            search={throughIn(search)}
            activeOptions={EXACT}
            activeProps={NO_PROPS}
            aria-current={table === undefined}
          >
            {words.person}
          </Link>
          <Link
            to="/access"
            search={{ ...throughIn(search), table: '' }}
            activeOptions={EXACT}
            activeProps={NO_PROPS}
            aria-current={table !== undefined}
          >
            {words.table}
          </Link>
        </div>
      ) : null}
      {audit && table !== undefined ? <OfTable table={table} /> : <OfPerson self={self.data} />}
      {!audit && <Notice title={words.noOthers}>{words.noOthersAdvice}</Notice>}
    </>
  );
}

const EXACT = { exact: true, includeSearch: true };
/** The address alone does not say which of them it is. */
const NO_PROPS = {};

export function Loading() {
  return (
    <>
      <h1>{WORDS.access.title}</h1>
      <Skeleton rows={5} />
    </>
  );
}

export function Lost({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  return (
    <>
      <h1>{WORDS.access.title}</h1>
      <Failure error={error} retry={retry} />
    </>
  );
}
