import { expect, it } from 'vitest';
import { mustDecide, mustRun } from './token-use.ts';

const running = { mayDecide: false };
const deciding = { mayDecide: true };

it('a token is either for running SQL or for deciding', () => {
  expect(() => mustRun(running)).not.toThrow();
  expect(() => mustDecide(deciding)).not.toThrow();
  expect(() => mustRun(deciding)).toThrow(expect.objectContaining({ code: 'token_cannot_run' }));
  expect(() => mustDecide(running)).toThrow(
    // RFC 6750, section 3.1.
    expect.objectContaining({ code: 'token_cannot_decide', challenge: 'Bearer error="insufficient_scope"' }),
  );
});
