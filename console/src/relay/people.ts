import type { AsWhom, OwnAccount, Reach, Readers, ThroughWhat } from '@sluice/contract';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useRelay } from './relay-provider.tsx';

/** Who the viewer is to the relay, and what their groups let them see. */
export function useSelf() {
  const { client } = useRelay();
  return useQuery({
    queryKey: ['people', 'self'],
    queryFn: ({ signal }): Promise<OwnAccount> => client.people.self({}, { signal }),
  });
}

/** Those whose name or id has the text; without the right to see others, the viewer alone. */
export function usePeople(text: string) {
  const { client } = useRelay();
  return useQuery({
    queryKey: ['people', 'list', text],
    queryFn: ({ signal }) => client.people.list({ query: { text } }, { signal }),
    placeholderData: (before) => before,
  });
}

/** Which tables somebody gets, and how. It is on the record that it was asked, so it is asked once. */
export function useReach(as: AsWhom, through: ThroughWhat = {}) {
  const { client } = useRelay();
  return useInfiniteQuery({
    queryKey: ['people', 'reach', as, through],
    initialPageParam: null as Reach['next'],
    queryFn: ({ pageParam, signal }): Promise<Reach> =>
      client.people.reach({ body: { version: 1, as, through, after: pageParam } }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
}

/** Who gets what of a table or view. */
export function useReaders(object: TableName | null, through: ThroughWhat) {
  const { client } = useRelay();
  return useInfiniteQuery({
    queryKey: ['people', 'readers', object, through],
    enabled: object !== null,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }): Promise<Readers> =>
      client.people.readers({ body: { version: 1, object: object!, through, after: pageParam } }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
}

export interface TableName {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

/** Groups as somebody types them, between commas. */
export function groupsIn(text: string): string[] {
  return text
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '');
}
