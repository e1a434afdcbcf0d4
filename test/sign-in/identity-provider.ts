import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  asForm,
  assertionXml,
  newSamlKey,
  PROVIDER,
  readRequest,
  responseXml,
  sign,
} from '../../relay/src/identity/testing/test-saml-provider.ts';

/** A SAML identity provider that a browser can visit: a page with a button, and a form that goes to the relay. */
export interface IdentityProvider {
  readonly entityId: string;
  readonly signInUrl: string;
  readonly publicPem: string;
  /** The last form that it had a browser post. */
  readonly posted: () => { readonly SAMLResponse: string };
  close(): void;
}

const MINUTES = 60_000;

/** @param relay the relay's public URL */
export async function startIdentityProvider(relay: string): Promise<IdentityProvider> {
  const key = newSamlKey();
  let posted = asForm('');
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname !== '/sso') return response.writeHead(404).end();
    posted = answerTo(readRequest(url).id, relay, key.privateKey);
    return response.setHeader('content-type', 'text/html').end(`<!doctype html><title>Example Identity</title>
      <form method="post" action="${relay}/saml/acs">
        <input type="hidden" name="SAMLResponse" value="${posted.SAMLResponse}">
        <button>Sign in as Ada</button>
      </form>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    entityId: PROVIDER,
    signInUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sso`,
    publicPem: key.publicPem,
    posted: () => posted,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answerTo(inResponseTo: string, relay: string, key: ReturnType<typeof newSamlKey>['privateKey']) {
  const content = {
    inResponseTo,
    recipient: `${relay}/saml/acs`,
    audience: `${relay}/saml/metadata`,
    issuer: PROVIDER,
    nameId: 'ada@example.com',
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    notBefore: Date.now() - 1_000,
    notOnOrAfter: Date.now() + 5 * MINUTES,
    presentBefore: Date.now() + 5 * MINUTES,
    method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
    sessionEndsAt: null,
    attributes: { displayName: ['Ada'], email: ['ada@example.com'], groups: ['developers'] },
  };
  return asForm(responseXml(content, sign(assertionXml(content), key)));
}
