import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { clientProgram, orSkip } from '../drivers/other-drivers.ts';
import { startFakesnow } from './fakesnow.ts';
import { startRelayBefore } from './relay.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ENV = { ...process.env, NO_PROXY: '127.0.0.1' };

it('masks what an account gives that nobody here wrote', async (test) => {
  const { command } = orSkip(await clientProgram('fakesnow', 'python/conversation.py'), test);
  const reader = orSkip(await clientProgram('connector-4', 'python/conversation.py'), test);
  const fakesnow = await startFakesnow(command);
  onTestFinished(() => fakesnow.close());
  const filled = await promisify(execFile)(command, [here('fill_fakesnow.py'), String(fakesnow.port)], {
    env: ENV,
  });
  expect(JSON.parse(filled.stdout.trim().split('\n').at(-1)!)).toEqual([
    [0, 'Ada Lovelace', 'ada@example.com', '4111111111111111'],
    [1, 'Grace Hopper', null, null],
  ]);

  const relay = await startRelayBefore(fakesnow.url, { warm: 0, accountTags: 'off', accountPolicies: 'off' });
  onTestFinished(() => relay.close());
  const { stdout } = await promisify(execFile)(
    reader.command,
    [
      here('large_result.py'),
      new URL(relay.url).port,
      await relay.tokenFor('ada'),
      'SELECT ID, NAME, EMAIL, CARD_NUMBER FROM SHOP.PUBLIC.CUSTOMERS WHERE ID = 0',
    ],
    { env: ENV },
  );
  expect(JSON.parse(stdout)).toEqual({
    rows: 1,
    inOrder: true,
    last: [
      0,
      expect.stringMatching(/^A\*+ \*+$/),
      expect.stringMatching(/^tok_/),
      expect.stringMatching(/^\*+1111$/),
    ],
  });
});
