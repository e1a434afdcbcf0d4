/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { parentPort, workerData } from 'node:worker_threads';
import { once } from 'node:events';
import { LIVE_VERSION } from '@sluice/contract';
import WebSocket from 'ws';

/**
 * The approvers, on a thread of their own so that reading is not counted against the relay's. Keeps when
 * each was told of each request (milliseconds since the epoch), and answers with all of it when asked.
 */
const { url, count } = workerData as { url: string; count: number };
const told: (readonly [approval: string, at: number])[] = [];

for (let i = 0; i < count; i += 1) {
  const socket = new WebSocket(`${url}/api/live`);
  await once(socket, 'open');
  const asked = [
    { type: 'hello', version: LIVE_VERSION, token: `approver-${i}` },
    { type: 'subscribe', id: 'a', topic: { name: 'approvals' }, after: null },
  ];
  for (const message of asked) {
    const answered = once(socket, 'message');
    socket.send(JSON.stringify(message));
    await answered;
  }
  socket.on('message', (data) => {
    const at = performance.timeOrigin + performance.now();
    const message = JSON.parse((data as Buffer).toString('utf8')) as Message;
    if (message.type === 'reached') return;
    if (message.type !== 'approval') throw new Error(`an approver got \`${message.type}\``);
    if (message.approval.phase === 'asked') told.push([message.approval.id, at]);
  });
}

interface Message {
  readonly type: string;
  readonly approval: { readonly id: string; readonly phase: string };
}

parentPort!.on('message', () => parentPort!.postMessage(told));
parentPort!.postMessage('connected');
