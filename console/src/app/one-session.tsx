import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { Notice } from '../design/notice.tsx';
import { type Host, HostContext, useHost } from '../host/host.ts';
import { RelayProvider } from '../relay/relay-provider.tsx';
import { readPlace } from '../replay/place.ts';
import { ReplayPage } from '../replay/replay-page.tsx';
import { WORDS } from '../words.ts';
import { queriesOf } from './queries.ts';
import '../design/tokens.css';
import '../design/base.css';
import '../design/facts.css';
import '../design/field.css';
import '../design/notice.css';

export interface OneSessionProps {
  readonly host: Host;
  readonly session: string;
  /** The moment to begin at: the event's `seq`, or the statement that it is of. */
  readonly at?: number | undefined;
  readonly statement?: string | undefined;
  /** Told of the moment that is shown. */
  readonly onPlace?: (at: number) => void;
  /** Told of the address of another page that a link or a key leads to, in place of going there. */
  readonly onLeave: (path: string) => void;
}

function Root() {
  const host = useHost();
  const person = useSyncExternalStore(host.onChange, host.person);
  if (person.type !== 'signed_in') {
    return (
      <main id="content" className="page">
        <Notice means="waits" title={WORDS.signIn.ended} />
      </main>
    );
  }
  return (
    <RelayProvider>
      <Outlet />
    </RelayProvider>
  );
}

/**
 * The replay of one session and nothing else of the console, for a frame inside of another program, which has its own ways
 * from page to page: links to other pages have their addresses, for it to open.
 */
export function createOneSession({ host, session, at, statement, onPlace, onLeave }: OneSessionProps) {
  const root = createRootRoute({ component: Root, notFoundComponent: () => null });
  const replay = createRoute({
    getParentRoute: () => root,
    path: '/sessions/$id',
    validateSearch: readPlace,
    component: ReplayPage,
  });
  const search = new URLSearchParams();
  if (at !== undefined) search.set('at', String(at));
  else if (statement !== undefined) search.set('statement', JSON.stringify(statement));
  const history = createMemoryHistory({
    initialEntries: [`/console/sessions/${session}?${search.toString()}`],
  });
  history.block({
    enableBeforeUnload: false,
    blockerFn: async ({ nextLocation }) => {
      const isHere = nextLocation.pathname === `/console/sessions/${session}`;
      if (!isHere) onLeave(nextLocation.href);
      return !isHere;
    },
  });
  const router = createRouter({ routeTree: root.addChildren([replay]), basepath: '/console', history });
  router.subscribe('onResolved', ({ toLocation }) => {
    const place = readPlace(toLocation.search);
    if (place.at !== undefined) onPlace?.(place.at);
  });
  const queries = queriesOf(host);
  return (
    <HostContext value={host}>
      <QueryClientProvider client={queries}>
        {/* The pages' types know of one router, which is the console's. */}
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </HostContext>
  );
}
