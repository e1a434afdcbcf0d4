import { LIVE_TOPICS, type LiveServerMessage, type LiveTopic, type LiveTopicName } from '@sluice/contract';
import { connectLive, hello, subscribe } from '../support/start-api.ts';
import { type Answers, answersFor, type Answer, type GivenAnswers, type Row, signedIn } from './asking.ts';
import type { Kind, Who } from './people.ts';
import type { World } from './world.ts';

/** One topic: what is asked for, and what of the owner's somebody is told who has it. */
interface TopicRow<Name extends LiveTopicName> {
  readonly answers: GivenAnswers<(typeof LIVE_TOPICS)[Name]['follows']['authority']>;
  readonly topic: (world: World) => Extract<LiveTopic, { name: Name }>;
  readonly isTold: (message: LiveServerMessage, held: Awaited<ReturnType<World['hold']>>) => boolean;
  /** What has to happen to what is the owner's, for anybody to be told. */
  readonly happens?: (world: World, held: Awaited<ReturnType<World['hold']>>) => Promise<void>;
}

const owners: Answers = signedIn('nothing', { owner: 'yes' });

/** The compiler asks for a row of each topic. */
const topicRows: { readonly [Name in LiveTopicName]: TopicRow<Name> } = {
  approvals: {
    answers: { running: owners, deciding: signedIn('nothing', { owner: 'yes', approver: 'yes' }) },
    topic: () => ({ name: 'approvals' }),
    isTold: (message, { approval }) => message.type === 'approval' && message.approval.id === approval,
  },
  statements: {
    answers: { running: owners, deciding: owners },
    topic: () => ({ name: 'statements' }),
    isTold: (message, { statement }) => message.type === 'statement' && message.statement.id === statement,
  },
  looking: {
    // The approver is who looks, and is not told of themselves.
    answers: { deciding: owners, old: owners },
    topic: () => ({ name: 'looking' }),
    isTold: (message, { approval }) =>
      message.type === 'looking' &&
      message.looking.approval === approval &&
      message.looking.people.length > 0,
    async happens(world, { approval }) {
      const looking = await connectLive(world.url, hello(world.tokenOf('approver', 'deciding') ?? ''));
      await looking.until(({ type }) => type === 'welcome');
      looking.send({ type: 'look', approval });
    },
  },
  session: {
    answers: {
      running: signedIn('session_unknown', { owner: 'yes' }),
      deciding: signedIn('session_unknown', { owner: 'yes', auditor: 'yes' }),
    },
    topic: ({ held }) => ({ name: 'session', session: held.session }),
    isTold: (message, { session }) => message.type === 'event' && message.event.session === session,
  },
};

/** Who is told what on the live channel, of what is the owner's: by the authority of the route that a topic follows. */
export const liveRows: Readonly<Record<string, Row>> = Object.fromEntries(
  (Object.keys(topicRows) as LiveTopicName[]).map((name): [string, Row] => {
    const { answers, topic, isTold, happens } = topicRows[name] as TopicRow<LiveTopicName>;
    return [
      `UPGRADE /api/live, ${name}`,
      {
        answers: answersFor(LIVE_TOPICS[name].follows.authority, answers),
        ask: async (world, who, kind) => await ask(world, who, kind, topic(world), isTold, happens),
      },
    ];
  }),
);

async function ask(
  world: World,
  who: Who,
  kind: Kind,
  topic: LiveTopic,
  isTold: TopicRow<LiveTopicName>['isTold'],
  happens: TopicRow<LiveTopicName>['happens'],
): Promise<Answer> {
  const client = await connectLive(world.url, hello(world.tokenOf(who, kind) ?? 'none'));
  const { type, ...first } = await client.until(({ type }) => type === 'welcome' || type === 'error');
  if (type === 'error') return 'code' in first ? first.code : '';
  client.send(subscribe(topic));
  const answered = await client.until((message) => message.type === 'subscribed' || message.type === 'ended');
  if (answered.type === 'ended') return answered.code;
  // Whoever else is told of it, and when: the owner is, and after them nothing more comes.
  const owner = await connectLive(world.url, hello(world.tokenOf('owner', 'deciding') ?? ''));
  await owner.until((message) => message.type === 'welcome');
  owner.send(subscribe(topic));
  await owner.until((message) => message.type === 'subscribed');
  const held = await world.hold();
  await happens?.(world, held);
  await owner.until((message) => isTold(message, held));
  client.send({ type: 'ping' });
  await client.until((message) => message.type === 'pong');
  for (const { socket } of [client, owner]) socket.close();
  // A session has so many at a time.
  await world.api('owner', 'DELETE', `/api/statements/${held.statement}`);
  return client.messages.some((message) => isTold(message, held)) ? 'yes' : 'nothing';
}
