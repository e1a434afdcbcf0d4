import { QueryClient } from '@tanstack/react-query';
import type { Host } from '../host/host.ts';

/**
 * What has been read of the relay. What fails, the relay's client has tried again already, as often as it may help. What
 * the next person is shown, they ask for themselves.
 */
export function queriesOf(host: Host): QueryClient {
  const queries = new QueryClient({
    defaultOptions: { queries: { staleTime: 60_000, retry: false }, mutations: { retry: false } },
  });
  let last = host.person();
  host.onChange(() => {
    const person = host.person();
    const isAnother = person.type === 'signed_in' && last.type === 'signed_in' && person.name !== last.name;
    if (person.type === 'left' || isAnother) queries.clear();
    if (person.type !== 'ended') last = person;
  });
  return queries;
}
