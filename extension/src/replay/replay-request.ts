import { API_VERSION_HEADER, ERRORS, PROBLEM_TYPE, problemFor, type Route, ROUTES } from '@sluice/contract';
import type { AskedFetch } from '@sluice/console/fetch-port';

/**
 * What the replay's page may ask the relay: what a replay reads. A page shows what others wrote, and whoever found a way to run
 * a script in it would have what the page has. So nothing in it runs, changes or decides anything.
 */
const READ: readonly Route[] = [
  ROUTES.about.read,
  ROUTES.sessions.events,
  ROUTES.sessions.payload,
  ROUTES.approvals.read,
];

export interface ReplayRelay {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: (how: { readonly renew: boolean }) => Promise<string>;
  readonly fetch: typeof fetch;
}

/** Passes a page's request on, with the token, which the page never sees. */
export async function replayRequest(
  asked: AskedFetch,
  { url, token, fetch }: ReplayRelay,
): Promise<Response> {
  const [path = '', query] = asked.path.split('?', 2);
  const allowed = pathOf(asked.method, path);
  if (allowed === null) return refusal();
  const send = async (bearer: string) => {
    const headers = new Headers({ authorization: `Bearer ${bearer}` });
    for (const name of ['accept', API_VERSION_HEADER]) {
      const value = asked.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    const search = query === undefined ? '' : `?${query}`;
    return await fetch(`${url}${allowed}${search}`, {
      method: 'GET',
      headers,
      redirect: 'error',
      credentials: 'omit',
      signal: asked.signal,
    });
  };
  const answer = await send(await token({ renew: false }));
  // It only reads: asked again, nothing happens twice.
  return answer.status === 401 ? await send(await token({ renew: true })) : answer;
}

/** The path built anew from the table; null for what is not in it. */
function pathOf(method: string, path: string): string | null {
  for (const route of READ) {
    const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
    const found = new RegExp(`^${route.path.replaceAll(/:\w+/g, '([A-Za-z0-9-]+)')}$`).exec(path);
    if (found === null || route.method !== method) continue;
    const params = Object.fromEntries(names.map((name, index) => [name, found[index + 1]!]));
    if (route.params?.schema.safeParse(params).success === false) return null;
    return path;
  }
  return null;
}

function refusal(): Response {
  const { advice } = ERRORS.approver_not_allowed;
  const said = problemFor('approver_not_allowed', { detail: 'the replay in the editor only reads', advice });
  return Response.json(said, { status: said.status, headers: { 'content-type': PROBLEM_TYPE } });
}
