import { describe, expect, it } from 'vitest';
import { person } from '../../approval/testing.ts';
import type { Session } from '../../session/index.ts';
import { isApiSessionOf, isSessionOfProgram } from './api-sessions.ts';

const ada = person('ada', [], { tokenClient: 'editor' });

function opened(by: typeof ada, protocol: Session['client']['protocol'] = 'api'): Session {
  return { identity: by, client: { protocol } } as Session;
}

describe("a program's statements, by whatever token", () => {
  it.each([
    ['with the same token', opened(ada), true],
    ['with a later one', opened(person('ada', ['others'], { issuedAt: 1, tokenClient: 'console' })), true],
    ["of a driver's session", opened(ada, 'snowflake'), false],
    ['of somebody else', opened(person('bob', [], { tokenClient: 'editor' })), false],
    [
      'of the same name at another issuer',
      opened(person('ada', [], { issuer: 'https://else.example' })),
      false,
    ],
  ])('%s', (_, session, isOwn) => {
    expect(isApiSessionOf(ada)(session)).toBe(isOwn);
  });
});

describe('what a program has open when its person signs out', () => {
  it.each([
    ['its own', opened(ada), true],
    ['by an earlier token of its', opened(person('ada', [], { issuedAt: 1, tokenClient: 'editor' })), true],
    ['over another protocol than the API', opened(ada, 'mcp'), true],
    ["a driver's, which has tokens of its own", opened(ada, 'snowflake'), false],
    ["another program's of the same person", opened(person('ada', [], { tokenClient: 'console' })), false],
    ["a program's that is not known", opened(person('ada', [], { tokenClient: null })), false],
    ["somebody else's", opened(person('bob', [], { tokenClient: 'editor' })), false],
  ])('%s', (_, session, isOpen) => {
    expect(isSessionOfProgram(ada)(session)).toBe(isOpen);
  });
});
