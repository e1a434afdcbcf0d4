import { expect, it } from 'vitest';
import type { LiveClientMessage } from '../../live/messages.ts';
import { createLooks } from './looks.ts';

const ID = 'a4b6c1de-0000-4000-8000-000000000000';
const LOOKS: LiveClientMessage = { type: 'look', approval: ID };

function start() {
  const timers: { readonly ms: number; readonly run: () => void }[] = [];
  const looks = createLooks((ms, run) => {
    const timer = { ms, run };
    timers.push(timer);
    return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
  });
  const connection = () => {
    const sent: LiveClientMessage[] = [];
    return { sent, send: (message: LiveClientMessage) => void sent.push(message), close() {} };
  };
  return { looks, timers, connection };
}

it('says what is shown, again before it is over, and that nothing is any more', () => {
  const { looks, timers, connection } = start();
  const one = connection();
  looks.connected(one, 60);
  expect(one.sent).toEqual([]);
  looks.show(ID);
  looks.show(ID);
  expect([one.sent, timers.map(({ ms }) => ms)]).toEqual([[LOOKS], [20_000]]);
  timers[0]!.run();
  looks.show(null);
  expect(one.sent).toEqual([LOOKS, LOOKS, { type: 'look', approval: null }]);
  expect(timers.map(({ ms }) => ms)).toEqual([]);
});

it('says it to the next connection, and nothing to a relay that does not know of it', () => {
  const { looks, timers, connection } = start();
  const [older, next] = [connection(), connection()];
  looks.show(ID);
  looks.connected(older, null);
  expect([older.sent, timers]).toEqual([[], []]);
  looks.disconnected();
  looks.connected(next, 30);
  expect([next.sent, timers.map(({ ms }) => ms)]).toEqual([[LOOKS], [10_000]]);
  looks.disconnected();
  looks.show(null);
  expect([next.sent, timers]).toEqual([[LOOKS], []]);
});
