import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const ANY_ID = 'a4b6c1de-0000-4000-8000-000000000000';

/**
 * Every route that answers anything but \u201cwho are you\u201d to somebody without a key, and what bounds its work besides the
 * limits on strangers, which are for all. One that is not here fails the test: think of what it can be made to do.
 */
const OPEN: Readonly<Record<string, string>> = {
  'GET /.well-known/oauth-authorization-server': 'a constant',
  'GET /.well-known/oauth-protected-resource': 'a constant',
  'GET /.well-known/oauth-protected-resource/mcp': 'a constant',
  'GET /': 'a constant',
  'GET /api/about': 'a constant',
  'GET /api/sign-in': 'a constant',
  'GET /console': 'a file in memory',
  'GET /console/*': 'a file in memory',
  'GET /console/assets/:name': 'a file in memory',
  'GET /livez': 'a constant',
  'GET /readyz': 'the warehouse is asked once a second at most',
  'GET /results/:queryId/chunks/:index': 'one MAC; 403 when it is not right',
  'GET /stages/files/:token': 'one look for a token',
  'HEAD /stages/files/:token': 'one look for a token',
  'PUT /stages/files/:token': 'one look for a token, before anything of the file is read',
  'GET /.well-known/oauth-authorization-server/oauth': 'a constant',
  'GET /oauth/authorize':
    'two values are sealed or opened; or one small document is fetched from a host that is admitted, so many in a while, and so many kept',
  'POST /oauth/register': 'one value is sealed, and nothing kept',
  'POST /oauth/token': 'one look for a code',
  'GET /saml/keys': 'a constant',
  'GET /saml/metadata': 'a small document',
  'GET /saml/sign-in': 'one value is sealed, and nothing kept',
  'POST /saml/acs': 'a scan in linear time; no library, no key',
  'POST /saml/token': 'one look for a code',
};

it('only these routes are open to those without a key', async () => {
  const open: string[] = [];
  for (const route of world.routes) {
    const [method = '', path = ''] = route.split(' ');
    if (!(await isClosed(method, path.replace(':index', '0').replaceAll(/:\w+/g, ANY_ID)))) open.push(route);
  }
  expect(open.toSorted()).toEqual(Object.keys(OPEN).toSorted());
});

/** Whether it says, in its protocol's way, that a token, a session or a signature is missing, and that alone. */
async function isClosed(method: string, path: string): Promise<boolean> {
  const answer = await fetch(new URL(path, world.url), {
    method,
    redirect: 'manual',
    ...(method === 'POST' ? { body: '{"data":{}}', headers: { 'content-type': 'application/json' } } : {}),
  });
  const text = await answer.text();
  if (answer.status === 401) return true;
  // A driver is told by a code: no session, none to be renewed, no token.
  return /"code":"(?:390104|390113|390303)"/.test(text) && text.includes('"success":false');
}
