import { beforeEach, describe, expect, it } from 'vitest';
import { respond, xmlOf } from '../testing/hostile-responses.ts';
import { causes, query, samlRelay, type SamlRelay } from '../testing/saml-relay.ts';
import { asForm } from '../testing/test-saml-provider.ts';

const SECONDS = 1_000;

let relay: SamlRelay;
beforeEach(async () => {
  relay = await samlRelay();
});

const why = (under: Promise<unknown>) => under.then(() => 'accepted', causes);

describe('by the relay’s own clock, and as much as clocks may differ, a response', () => {
  const hour = Date.now() + 3_600 * SECONDS;
  const minute = Date.now() + 60 * SECONDS;

  it.each([
    ['that may be presented for a minute', { presentBefore: minute, notOnOrAfter: hour }, 80, 'accepted'],
    [
      'that could be presented for a minute',
      { presentBefore: minute, notOnOrAfter: hour },
      91,
      'it comes too late',
    ],
    ['that holds for a minute', { presentBefore: hour, notOnOrAfter: minute }, 80, 'accepted'],
    ['that held for a minute', { presentBefore: hour, notOnOrAfter: minute }, 91, 'it has expired'],
    ['that holds from now on', {}, -20, 'accepted'],
    ['that holds from some time on', {}, -40, 'it is not yet valid'],
  ])('%s, %#: %s', async (_title, times, aheadSeconds, expected) => {
    relay.ahead = aheadSeconds * SECONDS;
    const id = await relay.started();
    expect(await why(relay.signIn.consume(respond(id, times)))).toContain(expected);
  });
});

it('is believed for what is signed, also where the response around it does not say whose it is', async () => {
  const xml = xmlOf(await relay.started());
  const nobodys = xml.replace(/(InResponseTo="[^"]*">)<saml:Issuer [^>]*>[^<]*<\/saml:Issuer>/, '$1');
  expect(nobodys).not.toBe(xml);
  expect(await why(relay.signIn.consume(asForm(nobodys)))).toBe('accepted');
});

it('is told apart in the log, where nobody but the relay’s people look', async () => {
  const id = await relay.started();
  const grant = relay.grant(await relay.signIn.consume(respond(id)));
  expect(await why(relay.signIn.consume(respond(id)))).toContain('it was used before');
  expect(await why(relay.signIn.redeem({ ...grant, code: 'made-up' }))).toContain('the code is unknown');
  const elsewhere = { ...grant, redirect_uri: 'http://127.0.0.1:1/' };
  expect(await why(relay.signIn.redeem(elsewhere))).toContain('belongs to another redirect URI');
  const next = relay.grant(await relay.signIn.consume(respond(await relay.started())));
  const other = { ...next, code_verifier: 'x'.repeat(43) };
  expect(await why(relay.signIn.redeem(other))).toContain('belongs to another program');
});

describe('a program is told what is wrong with what it sends', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    [
      'a start without anything',
      () => relay.signIn.start({}),
      'response_type, redirect_uri, state, code_challenge, code_challenge_method',
    ],
    ['a start without a state', () => relay.signIn.start({ ...query, state: undefined }), 'state'],
    ['nothing', () => relay.signIn.start(null), 'it'],
    ['a form without a response', () => relay.signIn.consume({}), 'SAMLResponse'],
    [
      'a grant of a code alone',
      () => relay.signIn.redeem({ grant_type: 'authorization_code', code: 'c' }),
      'code_verifier, redirect_uri',
    ],
  ])('%s', async (_title, ask, names) => {
    await expect(ask()).rejects.toMatchObject({
      code: 'request_malformed',
      message: expect.stringMatching(/^the sign-in request is not well-formed: /) as string,
    });
    // By name alone: what it sent may be a secret.
    expect((await why(ask())).replaceAll('`', '').trim().split('well-formed: ')[1]).toBe(names);
  });
});
