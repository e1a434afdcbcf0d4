import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  RouterProvider,
  useRouterState,
} from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { accessSearch } from '../access/search.ts';
import { type Host, HostContext, useHost } from '../host/host.ts';
import { InboxPage } from '../inbox/inbox-page.tsx';
import { overviewSearch } from '../overview/search.ts';
import { policySearch } from '../policy/search.ts';
import { RelayProvider } from '../relay/relay-provider.tsx';
import { readPlace } from '../replay/place.ts';
import { readFilters } from '../sessions/filters.ts';
import { SignInPage } from '../sign-in/sign-in-page.tsx';
import { SignedInPage } from '../sign-in/signed-in-page.tsx';
import { NothingHere } from './nothing-here.tsx';
import { Shell } from './shell.tsx';

/** Pages for people who have signed in; the others stand outside of the shell. */
function Root() {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const href = useRouterState({ select: ({ location }) => location.href });
  const host = useHost();
  const person = useSyncExternalStore(host.onChange, host.person);
  if (path === '/signed-in' && host.endSignIn !== null) return <SignedInPage end={host.endSignIn} />;
  if (person.type !== 'signed_in') return <SignInPage back={href} person={person} />;
  return (
    <RelayProvider>
      <Shell name={person.name}>
        <Outlet />
      </Shell>
    </RelayProvider>
  );
}

const root = createRootRoute({ component: Root, notFoundComponent: NothingHere });
const routes = [
  createRoute({ getParentRoute: () => root, path: '/', component: InboxPage }),
  createRoute({ getParentRoute: () => root, path: '/signed-in', component: NothingHere }),
  createRoute({
    getParentRoute: () => root,
    path: '/approvals/$id',
    component: lazyRouteComponent(() => import('../request/request-page.tsx'), 'RequestPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sessions',
    validateSearch: readFilters,
    component: lazyRouteComponent(() => import('../sessions/sessions-page.tsx'), 'SessionsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sessions/$id',
    validateSearch: readPlace,
    component: lazyRouteComponent(() => import('../replay/replay-page.tsx'), 'ReplayPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/reviews/$id',
    component: lazyRouteComponent(() => import('../review/review-page.tsx'), 'ReviewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/access',
    validateSearch: accessSearch,
    component: lazyRouteComponent(() => import('../access/access-page.tsx'), 'AccessPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/policy',
    validateSearch: policySearch,
    component: lazyRouteComponent(() => import('../policy/policy-page.tsx'), 'PolicyPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/overview',
    validateSearch: overviewSearch,
    component: lazyRouteComponent(() => import('../overview/overview-page.tsx'), 'OverviewPage'),
  }),
] as const;
const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: '/console',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

export interface AppProps {
  readonly host: Host;
  readonly queries: QueryClient;
}

export function App({ host, queries }: AppProps) {
  return (
    <HostContext value={host}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </HostContext>
  );
}
