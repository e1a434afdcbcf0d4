import { isRelayError } from '@sluice/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo } from 'react';
import { Button } from '../design/button.tsx';
import { EndlessList } from '../design/endless-list.tsx';
import { useKeys } from '../design/keys.ts';
import { Notice } from '../design/notice.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Failure } from '../relay/failure.tsx';
import { useRelay } from '../relay/relay-provider.tsx';
import { WORDS } from '../words.ts';
import { isUnfiltered, type SessionFilters } from './filters.ts';
import { SavedBar } from './saved-bar.tsx';
import { Filters } from './session-filters.tsx';
import { FoundRow, SessionRow } from './session-row.tsx';
import { type Found, useFound, useSessions, useWhose } from './use-sessions.ts';
import './sessions-page.css';

const words = WORDS.sessions;

/** The record's sessions, and what is searched for in them. What is looked for stands in the address. */
export function SessionsPage() {
  const filters = useSearch({ from: '/sessions' });
  const navigate = useNavigate();
  const whose = useWhose();
  const change = useCallback(
    (search: SessionFilters) => void navigate({ to: '/sessions', search, replace: true, resetScroll: false }),
    [navigate],
  );
  const clear = useCallback(() => void navigate({ to: '/sessions', search: {} }), [navigate]);
  useKeys({ '/': () => document.querySelector<HTMLElement>('[data-search], .filters input')?.focus() });
  useEffect(() => {
    document.title = `${words.title} · ${WORDS.product}`;
  }, []);
  const isSearch = filters.q !== undefined;
  return (
    <main id="content" className="page sessions">
      <h1>
        {isSearch
          ? words.found
          : whose === null
            ? words.title
            : whose === 'all'
              ? words.leadAll
              : words.leadOwn}
      </h1>
      <Filters filters={filters} maySearch={whose === 'all' || isSearch} onChange={change} />
      {whose === 'own' && !isSearch && <p className="hint">{words.onlyAuditors}</p>}
      <SavedBar filters={filters} onClear={clear} />
      {isSearch ? (
        <FoundList filters={filters} onClear={clear} />
      ) : (
        <SessionList filters={filters} onClear={clear} />
      )}
    </main>
  );
}

interface ListProps {
  readonly filters: SessionFilters;
  readonly onClear: () => void;
}

function SessionList({ filters, onClear }: ListProps) {
  const now = useMoment(filters);
  const query = useSessions(filters, now);
  const items = query.data ?? [];
  return (
    <>
      <Faces query={query} shown={items.length} isPlain={isUnfiltered(filters)} onClear={onClear} />
      {items.length > 0 && (
        <EndlessList
          label={words.list}
          items={items}
          keyOf={({ session }) => session}
          row={(session) => <SessionRow session={session} />}
          rowHeight={57}
          onNearEnd={moreOf(query)}
        />
      )}
      <End query={query} shown={items.length} />
    </>
  );
}

function FoundList({ filters, onClear }: ListProps) {
  const now = useMoment(filters);
  const query = useFound(filters, now);
  const items: readonly Found[] = query.data?.found ?? [];
  const unindexed = query.data?.unindexed ?? 0;
  return (
    <>
      {unindexed > 0 && <Notice means="waits" title={words.unindexed(unindexed)} />}
      <Faces query={query} shown={items.length} isPlain={false} onClear={onClear} />
      {items.length > 0 && (
        <EndlessList
          label={words.foundList}
          items={items}
          keyOf={({ event }) => event.hash}
          row={(found) => <FoundRow found={found} />}
          rowHeight={57}
          onNearEnd={moreOf(query)}
        />
      )}
      <End query={query} shown={items.length} />
    </>
  );
}

interface Query {
  readonly isPending: boolean;
  readonly isError: boolean;
  readonly error: Error | null;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly data: unknown;
  readonly fetchNextPage: () => Promise<unknown>;
  readonly refetch: () => Promise<unknown>;
}

/** What relative times count from: when they were chosen, so that pages of one list fit together. */
function useMoment(filters: SessionFilters): number {
  const { range } = filters;
  // oxlint-disable-next-line react/exhaustive-deps -- anew with the range
  return useMemo(() => (range === undefined ? 0 : Date.now()), [range]);
}

function moreOf({ hasNextPage, isFetchingNextPage, isError, fetchNextPage }: Query): (() => void) | null {
  return hasNextPage && !isFetchingNextPage && !isError ? () => void fetchNextPage() : null;
}

/** Loading, an error, no right to see this, and nothing there. */
function Faces({
  query,
  shown,
  isPlain,
  onClear,
}: {
  readonly query: Query;
  readonly shown: number;
  readonly isPlain: boolean;
  readonly onClear: () => void;
}) {
  const { isPending, isError, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  const { state } = useRelay();
  const retry = () => void (shown === 0 ? refetch() : fetchNextPage());
  useEffect(() => {
    // The relay is back: nobody has to press anything.
    if (state.type === 'connected' && isError && isUnreachable(error)) retry();
  }, [state.type, isError]);
  const isLookingOn = shown === 0 && hasNextPage && !isError;
  useEffect(() => {
    // A page may hold none while there are more.
    if (isLookingOn && !isFetchingNextPage) void fetchNextPage();
  }, [isLookingOn, isFetchingNextPage, fetchNextPage]);
  if (isPending || isLookingOn) return <Skeleton rows={8} isTall />;
  if (isError) {
    if (isRelayError(error) && error.code === 'approver_not_allowed') {
      return (
        <Notice title={words.noRight}>
          <p>{words.noRightAdvice}</p>
          <Button onClick={onClear}>{words.clear}</Button>
        </Notice>
      );
    }
    return <Failure error={error} retry={retry} />;
  }
  if (shown > 0) return null;
  return (
    <Notice title={isPlain ? words.none : words.noneSo}>
      {isPlain ? words.noneAdvice : words.noneSoAdvice}
    </Notice>
  );
}

function isUnreachable(error: unknown): boolean {
  return isRelayError(error) && error.code === 'relay_unreachable';
}

function End({ query, shown }: { readonly query: Query; readonly shown: number }) {
  if (shown === 0 || query.isError) return null;
  return (
    <p className="sessions-end" role="status">
      {query.hasNextPage ? words.more(shown) : words.end(shown)}
      <span className="sessions-keys">{words.keys}</span>
    </p>
  );
}
