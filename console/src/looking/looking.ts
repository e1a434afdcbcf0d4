import type { LiveLooking } from '@sluice/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useRelay } from '../relay/relay-provider.tsx';
import { useIsThere } from './is-there.ts';

type ByApproval = Readonly<Record<string, LiveLooking>>;

const LOOKING = ['looking'];
const NOBODY: ByApproval = {};

/** Keeps what is shown of who looks as the relay has it. */
export function useLiveLooking(): void {
  const { live, state } = useRelay();
  const queries = useQueryClient();
  useEffect(() => {
    if (live === null) return undefined;
    const subscription = live.subscribe({ name: 'looking' }, (update) => {
      if (update.type === 'resync') queries.setQueryData(LOOKING, NOBODY);
      else if (update.type === 'looking') {
        queries.setQueryData(LOOKING, (all: ByApproval = NOBODY) => withNews(all, update.looking));
      }
    });
    return () => subscription.end();
  }, [live, queries]);
  const isConnected = state.type === 'connected';
  useEffect(() => {
    // Nobody knows any more.
    if (!isConnected) queries.setQueryData(LOOKING, NOBODY);
  }, [isConnected, queries]);
}

function withNews(all: ByApproval, news: LiveLooking): ByApproval {
  const { [news.approval]: _, ...others } = all;
  return news.people.length === 0 ? others : { ...others, [news.approval]: news };
}

/** Who else looks at a request; null for nobody that is known of. */
export function useLookingAt(approval: string): LiveLooking | null {
  const { data } = useQuery({
    queryKey: LOOKING,
    queryFn: () => NOBODY,
    initialData: NOBODY,
    enabled: false,
    gcTime: Infinity,
    select: (all: ByApproval) => all[approval] ?? null,
  });
  return data;
}

/** Says that the person has this request before them, for as long as they have. */
export function useLook(approval: string | null): void {
  const { live } = useRelay();
  const isThere = useIsThere();
  const shown = isThere ? approval : null;
  useEffect(() => {
    if (live === null || shown === null) return undefined;
    live.look(shown);
    return () => live.look(null);
  }, [live, shown]);
}
