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

/** A SAML identity provider that a browser can visit: a page with a button for each person, and forms that go to the relay. */
export interface IdentityProvider {
  readonly entityId: string;
  readonly signInUrl: string;
  readonly publicPem: string;
  /** The last form that it made for Ada. */
  readonly posted: () => { readonly SAMLResponse: string };
  close(): void;
}

const MINUTES = 60_000;

interface Person {
  readonly name: string;
  readonly email: string;
  readonly group: string;
}

const PEOPLE: readonly Person[] = [
  { name: 'Ada', email: 'ada@example.com', group: 'developers' },
  { name: 'Grace', email: 'grace@example.com', group: 'data-leads' },
];

/** @param relay the relay's public URL */
export async function startIdentityProvider(relay: string): Promise<IdentityProvider> {
  const key = newSamlKey();
  let posted = asForm('');
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname !== '/sso') return response.writeHead(404).end();
    const { id } = readRequest(url);
    const forms = PEOPLE.map((person) => ({ person, form: answerTo(person, id, relay, key.privateKey) }));
    posted = forms[0]!.form;
    const written = forms.map(
      ({ person, form }) => `<form method="post" action="${relay}/saml/acs">
        <input type="hidden" name="SAMLResponse" value="${form.SAMLResponse}">
        <button>Sign in as ${person.name}</button>
      </form>`,
    );
    return response
      .setHeader('content-type', 'text/html')
      .end(`<!doctype html><title>Example Identity</title>${written.join('')}`);
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

function answerTo(
  { name, email, group }: Person,
  inResponseTo: string,
  relay: string,
  key: ReturnType<typeof newSamlKey>['privateKey'],
) {
  const content = {
    inResponseTo,
    recipient: `${relay}/saml/acs`,
    audience: `${relay}/saml/metadata`,
    issuer: PROVIDER,
    nameId: email,
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    notBefore: Date.now() - 1_000,
    notOnOrAfter: Date.now() + 5 * MINUTES,
    presentBefore: Date.now() + 5 * MINUTES,
    method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
    sessionEndsAt: null,
    attributes: { displayName: [name], email: [email], groups: [group] },
  };
  return asForm(responseXml(content, sign(assertionXml(content), key)));
}
