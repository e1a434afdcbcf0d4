import { expect, it } from 'vitest';
import { readProgram } from './registration.ts';

const BACK = 'http://127.0.0.1/back';
const registered = (said: object) => readProgram({ redirect_uris: [BACK], ...said }, [], 7);

it('is what the program has said of itself, and when', () => {
  expect(registered({ client_name: '  An agent \n' })).toEqual({
    name: 'An agent',
    redirectUris: [BACK],
    registeredAt: 7,
  });
});

it('makes a public client of any program, whatever else it would like to be', () => {
  const said = { token_endpoint_auth_method: 'client_secret_basic', scope: 'admin', jwks: {} };
  expect(registered({ client_name: 'An agent', ...said })).toEqual(registered({ client_name: 'An agent' }));
});

it.each([
  ['none', undefined],
  ['an empty one', ''],
  ['spaces', '   '],
  // It would show as none, or as another’s.
  ['what nobody sees', '\u200b\u2060'],
  ['what turns the text around it', 'Sluice\u202e'],
])('has the name of a program without one for %s', (_title, client_name) => {
  expect(registered({ client_name }).name).toBe('a program without a name');
});

it.each<[string, unknown]>([
  ['nothing', null],
  ['no address', { redirect_uris: [] }],
  ['more addresses than a program has', { redirect_uris: Array.from({ length: 11 }, () => BACK) }],
  ['what is no address', { redirect_uris: ['back'] }],
  ['a name that fills a page', { redirect_uris: [BACK], client_name: 'x'.repeat(201) }],
])('is refused with %s, and the program is told what to say', (_title, said) => {
  expect(() => readProgram(said, [], 7)).toThrow(
    expect.objectContaining({
      code: 'request_malformed',
      message: 'the registration is not as it should be (RFC 7591)',
      advice: 'give `redirect_uris`, and a `client_name` of at most 200 characters',
    }),
  );
});

it('is refused with one address among others that people may not be sent to', () => {
  const said = { redirect_uris: [BACK, 'https://evil.example/back'] };
  const refused = {
    code: 'request_malformed',
    message: 'a redirect URI is not one that the relay sends people to',
  };
  expect(() => readProgram(said, [], 7)).toThrow(expect.objectContaining(refused));
  expect(readProgram(said, ['https://evil.example/back'], 7).redirectUris).toHaveLength(2);
});
