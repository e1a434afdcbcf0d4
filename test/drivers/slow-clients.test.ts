import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { connectFrom } from '../support/raw-http.ts';
import { conversation } from './conversation.ts';
import { type ScriptedRelay, type ScriptedSettings, startScriptedRelay } from './scripted-relay.ts';

let relay: ScriptedRelay;
afterEach(() => relay.close());

/** Resolves once the relay has hung up. */
async function hungUp(options: ScriptedSettings['options'], said: string): Promise<void> {
  relay = await startScriptedRelay(conversation().run, options === undefined ? {} : { options });
  const socket = await connectFrom(`http://127.0.0.1:${relay.port}`, '127.0.0.1');
  socket.resume().write(said);
  await once(socket, 'close');
}

it.each<[string, ScriptedSettings['options'], string]>([
  ['does not finish its headers', { headersMs: 200 }, 'GET / HTTP/1.1\r\nHost: x\r\nX: '],
  [
    'does not finish its body',
    { headersMs: 200, requestMs: 300 },
    'POST /session/v1/login-request HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{',
  ],
  ['asks nothing more', { keepAliveMs: 200 }, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['says nothing at all', { idleMs: 200 }, ''],
])('a client that %s is hung up on', async (_, options, said) => {
  await expect(hungUp(options, said)).resolves.toBeUndefined();
});
