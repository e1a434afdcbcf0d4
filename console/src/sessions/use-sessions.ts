import type { SearchPage, SessionSummary } from '@sluice/contract';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useRelay } from '../relay/relay-provider.tsx';
import { conditionsOf, type SessionFilters } from './filters.ts';

const PAGE = 100;
const FOUND_PAGE = 50;

/** Sessions, page after page as they are wanted. */
export function useSessions(filters: SessionFilters, now: number) {
  const { client } = useRelay();
  return useInfiniteQuery({
    queryKey: ['sessions', filters, now],
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam: cursor }) =>
      client.sessions.list(
        {
          query: {
            ...conditionsOf(filters, now),
            limit: PAGE,
            ...(cursor === null ? {} : { cursor }),
          },
        },
        { signal },
      ),
    getNextPageParam: ({ next }) => next,
    select: ({ pages }): readonly SessionSummary[] => pages.flatMap(({ sessions }) => sessions),
  });
}

/** An event that was found, with the session that it is of. */
export interface Found {
  readonly event: SearchPage['found'][number]['event'];
  readonly excerpt: SearchPage['found'][number]['excerpt'];
  readonly session: SessionSummary | null;
}

/** Events that have what is searched for, page after page; `unindexed` of them cannot be found yet. */
export function useFound(filters: SessionFilters, now: number) {
  const { client } = useRelay();
  return useInfiniteQuery({
    queryKey: ['found', filters, now],
    initialPageParam: null as number | null,
    queryFn: ({ signal, pageParam: cursor }) =>
      client.sessions.search(
        {
          query: {
            ...conditionsOf(filters, now),
            [filters.in ?? 'text']: filters.q,
            limit: FOUND_PAGE,
            ...(cursor === null ? {} : { cursor }),
          },
        },
        { signal },
      ),
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => {
      const sessions = new Map(
        pages.flatMap((page) => page.sessions.map((session) => [session.session, session])),
      );
      return {
        unindexed: pages[0]?.unindexed ?? 0,
        found: pages.flatMap((page) =>
          page.found.map(({ event, excerpt }): Found => ({
            event,
            excerpt,
            session: sessions.get(event.session) ?? null,
          })),
        ),
      };
    },
  });
}

/** Whose sessions the viewer may see; null until that is known. */
export function useWhose(): 'own' | 'all' | null {
  const { client } = useRelay();
  const { data } = useQuery({
    queryKey: ['sessions', 'whose'],
    queryFn: async ({ signal }) => (await client.sessions.list({ query: { limit: 1 } }, { signal })).whose,
  });
  return data ?? null;
}
