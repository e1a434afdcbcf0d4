import type { Overview } from '@sluice/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRelay } from './relay-provider.tsx';

export interface Span {
  readonly since: string;
  readonly before: string;
  readonly by: 'hour' | 'day';
}

/** How much happened, anew every so often. */
export function useOverview(span: Span) {
  const { client } = useRelay();
  return useQuery({
    queryKey: ['overview', span],
    staleTime: 0,
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }): Promise<Overview> => client.overview.read({ query: { ...span } }, { signal }),
  });
}
