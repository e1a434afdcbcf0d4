import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_POLICY } from '@sluice/demo';
import { relayConfig } from '@sluice/relay/config';
import { type Relay, startRelay } from '@sluice/relay';
import { keptSignIn, openSession } from '@sluice/sign-in';
import { secretText } from '../../desktop-approver/src/secrets/secret-text.ts';
import { signInInBrowser } from '../../desktop-approver/src/sign-in/in-browser.ts';
import { openSecrets } from '../../desktop-approver/src/secrets/secrets.ts';
import { testSystem } from '../../desktop-approver/src/secrets/testing.ts';
import { type IdentityProvider, startIdentityProvider } from '../sign-in/identity-provider.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
let relay: Relay;
let provider: IdentityProvider;
beforeAll(async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  provider = await startIdentityProvider(publicUrl);
  const { entityId, signInUrl, publicPem } = provider;
  const config = relayConfig.parse({
    listen: { port, publicUrl },
    data: join(folder, 'data'),
    policy: DEMO_POLICY,
    identity: {
      saml: {
        identityProvider: { entityId, signInUrl, certificates: [publicPem] },
        attributes: { name: 'displayName', groups: 'groups' },
      },
    },
    warehouse: { type: 'embedded', customers: 50 },
  });
  relay = await startRelay(config, { logger: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await relay.close();
  provider.close();
});

it('a person signs in at the relay itself, by SAML, and is told when they have to again', async () => {
  const system = testSystem();
  const soon: number[] = [];
  const pages: Promise<string>[] = [];
  const session = await openSession({
    relay: relay.url,
    kept: keptSignIn(
      secretText(await openSecrets({ folder: join(folder, 'app'), system, platform: 'linux' }), 'r1.sign-in'),
    ),
    issuer: () => null,
    onIssuer: async () => {},
    fetch,
    purpose: 'decide',
    by: signInInBrowser(async (url) => void pages.push(visit(url))),
    now: Date.now,
    after: () => () => {},
    onPerson: () => {},
    onSoonOver: (until) => void soon.push(until),
  });
  expect(await session.places()).toEqual([{ issuer: relay.url, kind: 'relay' }]);
  await session.signIn(undefined);
  expect(await pages[0]).toContain('You are signed in');
  // The relay renews nothing: it gives no more than the provider vouched for.
  expect(session.person()).toMatchObject({ id: `${relay.url}|ada@example.com`, until: expect.any(Number) });
  expect(await session.token({ renew: false })).toEqual(expect.any(String));
  session.close();
});

/** The provider's page, whose button posts a form to the relay, which sends the browser back. */
async function visit(url: string): Promise<string> {
  const page = await (await fetch(url)).text();
  const [, action] = /action="([^"]+)"/.exec(page)!;
  const [, value] = /name="SAMLResponse" value="([^"]+)"/.exec(page)!;
  const body = new URLSearchParams({ SAMLResponse: value! });
  return await (await fetch(action!, { method: 'POST', body })).text();
}
