import { expect, it } from 'vitest';
import type { Approval } from '../../../approval/index.ts';
import { person } from '../../../approval/testing.ts';
import type { Identity } from '../../../identity/index.ts';
import type { LiveClient } from './live-client.ts';
import type { Looked, Looking } from './looking.ts';
import { createLookingSubscription } from './looking-subscription.ts';

const [olga, omar, otto] = [person('olga'), person('omar'), person('otto')];

function lookedAt(id: string, ...people: readonly Identity[]): Looked {
  return { approval: { id } as Approval, people };
}

/** A client that reads or does not, and a desk at which people look at requests. */
function opened(maySee: (viewer: Identity, looked: Looked) => boolean = () => true) {
  const world = {
    identity: olga,
    hasRoom: true,
    told: [] as string[],
    answered: [] as unknown[],
    onRoom: new Set<() => void>(),
    listeners: new Set<(looked: Looked) => void>(),
    now: new Map<string, Looked>(),
    maySee,
  };
  const client: Pick<LiveClient, 'identity' | 'hasRoom' | 'onRoom' | 'tell' | 'answer'> = {
    identity: () => world.identity,
    hasRoom: () => world.hasRoom,
    onRoom(listener) {
      world.onRoom.add(listener);
      return () => void world.onRoom.delete(listener);
    },
    tell(text) {
      const { looking } = JSON.parse(text) as {
        looking: { approval: string; people: { name: string }[]; more: number };
      };
      const names = looking.people.map(({ name }) => name).join();
      world.told.push(`${looking.approval}: ${names}${looking.more > 0 ? ` +${looking.more}` : ''}`);
    },
    answer: (message) => void world.answered.push(message),
  };
  const looking: Pick<Looking, 'all' | 'follow'> = {
    all: () => [...world.now.values()],
    follow(listener) {
      world.listeners.add(listener);
      return () => void world.listeners.delete(listener);
    },
  };
  const subscription = createLookingSubscription({
    id: 's1',
    looking: looking as Looking,
    client: client as LiveClient,
    maySee: (viewer, looked) => world.maySee(viewer, looked),
  });
  return {
    ...subscription,
    world,
    look(looked: Looked) {
      if (looked.people.length === 0) world.now.delete(looked.approval.id);
      else world.now.set(looked.approval.id, looked);
      for (const listener of world.listeners) listener(looked);
    },
    read() {
      world.hasRoom = true;
      for (const listener of world.onRoom) listener();
    },
  };
}

it('says that it is subscribed, and then how it is', async () => {
  const { world, look, begin, topic } = opened();
  look(lookedAt('a', omar));
  expect(topic).toEqual({ name: 'looking' });
  expect(world.told).toEqual([]);
  await begin(null);
  expect(world.answered).toEqual([{ type: 'subscribed', id: 's1', cursor: '', resync: true }]);
  expect(world.told).toEqual(['a: omar']);
  look(lookedAt('b', otto));
  expect(world.told).toEqual(['a: omar', 'b: otto']);
});

it('tells nobody of what they may not see, nor that it is there, nor when it is over', async () => {
  const { world, look, begin } = opened((_, { approval }) => approval.id !== 'hidden');
  await begin(null);
  look(lookedAt('hidden', omar));
  look(lookedAt('hidden'));
  look(lookedAt('a', omar));
  expect(world.told).toEqual(['a: omar']);
});

it('leaves out whoever it tells, from whatever place', async () => {
  const { world, look, begin } = opened();
  await begin(null);
  look(lookedAt('a', olga));
  look(lookedAt('a', olga, omar));
  look(lookedAt('a', olga));
  expect(world.told).toEqual(['a: omar', 'a: ']);
});

it('names eight, and counts the others', async () => {
  const { world, look, begin } = opened();
  await begin(null);
  const many = Array.from({ length: 11 }, (_, index) => person(`p${index}`));
  look(lookedAt('a', ...many.slice(0, 8)));
  look(lookedAt('a', ...many));
  expect(world.told).toEqual(['a: p0,p1,p2,p3,p4,p5,p6,p7', 'a: p0,p1,p2,p3,p4,p5,p6,p7 +3']);
});

it('keeps nothing for a client that does not read, and tells it how it is once it does', async () => {
  const { world, look, read, begin } = opened();
  await begin(null);
  look(lookedAt('gone', omar));
  world.hasRoom = false;
  look(lookedAt('gone'));
  for (let index = 0; index < 100; index += 1) look(lookedAt('a', index % 2 === 0 ? omar : otto));
  expect(world.told).toEqual(['gone: omar']);
  read();
  expect(world.told).toEqual(['gone: omar', 'gone: ', 'a: otto']);
  // It is behind no more: room that comes again is no news.
  read();
  expect(world.told).toHaveLength(3);
});

it('tells nothing while it is not known who the client is, and who may see less by then is told so', async () => {
  const { world, look, begin, holdBack, goOn } = opened();
  await begin(null);
  look(lookedAt('a', omar));
  holdBack();
  holdBack();
  look(lookedAt('b', omar));
  expect(world.told).toEqual(['a: omar']);
  world.maySee = (_, { approval }) => approval.id === 'b';
  await goOn();
  expect(world.told).toEqual(['a: omar']);
  await goOn();
  expect(world.told).toEqual(['a: omar', 'a: ', 'b: omar']);
});

it('waits with a client that does not read until it is known who that is', async () => {
  const { world, look, begin, holdBack, goOn, read } = opened();
  await begin(null);
  world.hasRoom = false;
  look(lookedAt('a', omar));
  holdBack();
  read();
  expect(world.told).toEqual([]);
  await goOn();
  expect(world.told).toEqual(['a: omar']);
});

it('is over when it ends: nothing follows, and nothing waits for room', async () => {
  const { world, look, begin, end, goOn, read } = opened();
  await begin(null);
  world.hasRoom = false;
  look(lookedAt('a', omar));
  const [late] = world.listeners;
  end();
  expect([world.onRoom.size, world.listeners.size]).toEqual([0, 0]);
  read();
  await goOn();
  late!(lookedAt('a', otto));
  expect(world.told).toEqual([]);
});
