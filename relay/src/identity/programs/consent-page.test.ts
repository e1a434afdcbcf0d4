import { expect, it } from 'vitest';
import { consentPage } from './consent-page.ts';

const shown = (change: Partial<Parameters<typeof consentPage>[0]> = {}) =>
  consentPage({
    program: { name: 'Agent' },
    redirectUri: 'http://127.0.0.1:49152/back?where=here',
    isLoopback: true,
    issuers: ['https://id.example', 'https://other.example'],
    request: 'sealed',
    action: 'https://sluice.example/oauth/consent',
    ...change,
  });

it('says what is asked, by a program that nobody has checked, and where the answer goes', () => {
  const page = shown();
  expect(page).toContain('<title>May this program run SQL as you?');
  expect(page).toContain('A program that calls itself <strong>Agent</strong>');
  expect(page).toContain('a program on this computer (<code>127.0.0.1:49152</code>)');
});

it.each([
  ['https://app.example:444/back?a=b', 'app.example:444'],
  // A program of one's own: there is no host in it that would say more.
  ['com.example.app:/back', 'com.example.app:/back'],
])('says of %s that one goes back to %s', (redirectUri, where) => {
  const page = shown({ redirectUri, isLoopback: false });
  expect(page).toContain(`sent back to <code>${where}</code>`);
  expect(page).not.toContain('on this computer');
});

it('has one button for each issuer, one to say No, and nothing else to press', () => {
  const page = shown();
  const buttons = page.match(/<button[^]*?<\/button>/g);
  expect(buttons).toEqual([
    '<button name="issuer" value="https://id.example">Sign in and allow<small>at https://id.example</small></button>',
    '<button name="issuer" value="https://other.example">Sign in and allow<small>at https://other.example</small></button>',
    '<button name="issuer" value="">Do not allow</button>',
  ]);
  // Nothing stands between them that would press one.
  expect(page).toContain(buttons!.join(''));
});

it.each([
  [
    'http://127.0.0.1:49152/back',
    true,
    'It says that it is of <strong>agents.example</strong>, as any program could.',
  ],
  [
    'https://evil.example/back',
    false,
    'It says that it is of <strong>agents.example</strong>, as any program could.',
  ],
  [
    'https://agents.example/back',
    false,
    'It is of <strong>agents.example</strong>; nobody else has checked its name.',
  ],
])('says whose the program is that waits at %s', (redirectUri, isLoopback, words) => {
  const program = { name: 'Agent', document: 'https://agents.example/agent.json' };
  expect(shown({ program, redirectUri, isLoopback })).toContain(words);
});

it('is text where others have a say in it', () => {
  const page = shown({
    program: { name: '<script>alert(1)</script>' },
    redirectUri: 'app:"><script>alert(2)</script>',
    isLoopback: false,
    issuers: ['"><script>alert(3)</script>'],
    request: '"><script>alert(4)</script>',
    action: '"><script>alert(5)</script>',
  });
  expect(page).not.toContain('<script');
});
