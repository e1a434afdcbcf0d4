import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecordedStore } from '../recording/testing/open-recorded-store.ts';
import type { Change } from '../unit-of-work.ts';
import { type Identity, identityId } from './index.ts';
import { openKnownPeople, signInsSeen, type KnownPeople } from './known-people.ts';

const ISSUER = 'https://id.example';
const account = (subject: string, parts: Partial<Identity> = {}): Identity => ({
  id: identityId(ISSUER, subject),
  issuer: ISSUER,
  subject,
  name: subject,
  person: { employee: '17' },
  groups: [],
  kind: 'person',
  tokenId: null,
  tokenClient: null,
  signedInAt: 1,
  acr: 'pwd',
  mayDecide: false,
  issuedAt: 0,
  expiresAt: 0,
  ...parts,
});
const ada = account('ada');
/** Somebody's other account, or somebody else's, that bears these names. */
const bearing = (person: Identity['person']) => account('other', { person });

let recorded: Awaited<ReturnType<typeof openRecordedStore>>;
/** Transactions so far. */
let written: number;
let fails: boolean;
/** Once everything was written. */
let breaks: boolean;
let follow: { topic: string; listener: (change: Change | null) => void | Promise<void> }[];
let told: { topic: string; key: string }[];

beforeEach(async () => {
  recorded = await openRecordedStore();
  [written, fails, breaks, follow, told] = [0, false, false, [], []];
});
afterEach(() => recorded.close());

/** What a relay knows, with the database that all of them have and a feed of changes that the test is. */
function open(): Promise<KnownPeople> {
  const { store, relaySession, notices } = recorded;
  const transaction: typeof store.transaction = async (work) => {
    written += 1;
    if (fails) throw new Error('the disk is full');
    return store.transaction(async (tx) => {
      const done = await work({
        ...tx,
        tell(change) {
          told.push(change);
          tx.tell(change);
        },
      });
      if (breaks) throw new Error('the disk is full');
      return done;
    });
  };
  const changes: typeof store.changes = {
    ...store.changes,
    follow(topic, listener) {
      follow.push({ topic, listener });
      return () => {};
    },
  };
  return openKnownPeople({ store: { people: store.people, changes, transaction }, relaySession, notices });
}

describe('an account that has come with a token', () => {
  it('shares a name with those who bear one that it has ever borne', async () => {
    const people = await open();
    expect(people.shareName(ada.id, bearing({ employee: '17' }))).toBe(false);
    await people.note(ada);
    await people.note({ ...ada, person: { email: 'ada@example.com', employee: null } });
    expect(people.shareName(ada.id, bearing({ employee: '17' }))).toBe(true);
    expect(people.shareName(ada.id, bearing({ email: 'ada@example.com' }))).toBe(true);
    expect(people.shareName(ada.id, bearing({ email: '17', employee: null }))).toBe(false);
    expect(people.shareName(identityId(ISSUER, 'grace'), bearing({ employee: '17' }))).toBe(false);
  });

  it('is written down once, and again when its tokens say something else', async () => {
    const people = await open();
    const says = [
      ada,
      ada,
      { ...ada, mayDecide: true },
      { ...ada, signedInAt: 2 },
      { ...ada, signedInAt: null },
      { ...ada, acr: 'phr' },
      { ...ada, person: { employee: '18' } },
      { ...ada, person: { employee: '18' } },
    ];
    const writtenAfter: number[] = [];
    for (const one of says) {
      await people.note(one);
      writtenAfter.push(written);
    }
    expect(writtenAfter).toEqual([1, 1, 2, 2, 3, 4, 5, 5]);
    await (await open()).note(says.at(-1)!);
    expect(written).toBe(5);
  });

  it('is nobody’s when it is a pipeline’s, unless its issuer says whose', async () => {
    const people = await open();
    await people.note(account('deploy', { kind: 'workload', person: {} }));
    expect(written).toBe(0);
    await people.note(account('deploy', { kind: 'workload' }));
    await people.note(account('eve', { person: {} }));
    expect(written).toBe(2);
  });

  it('is written down the next time when it could not be', async () => {
    const people = await open();
    fails = true;
    await expect(people.note(ada)).rejects.toThrow('the disk is full');
    fails = false;
    await people.note(ada);
    expect(written).toBe(2);
    // In the meantime it counted already: a revocation finds it.
    expect(people.shareName(ada.id, bearing({ employee: '17' }))).toBe(true);
  });
});

describe('another relay', () => {
  it('is told of names, and of nothing else', async () => {
    const people = await open();
    await people.note(ada);
    await people.note(account('eve', { person: { employee: null } }));
    expect(told).toEqual([{ topic: 'person', key: JSON.stringify([ada.id, ['["employee","17"]']]) }]);
  });

  it('knows what it is told', async () => {
    const people = await open();
    expect(follow.map(({ topic }) => topic)).toEqual(['person']);
    const key = JSON.stringify([ada.id, ['["employee","17"]']]);
    await follow[0]!.listener({ topic: 'person', key, number: 1, at: 0 });
    expect(people.shareName(ada.id, bearing({ employee: '17' }))).toBe(true);
  });

  it('reads all again when it may have missed something', async () => {
    const people = await open();
    const [{ listener }] = follow as [(typeof follow)[number]];
    await (await open()).note(ada);
    expect(people.shareName(ada.id, bearing({ employee: '17' }))).toBe(false);
    await listener(null);
    expect(people.shareName(ada.id, bearing({ employee: '17' }))).toBe(true);
  });
});

it('what was seen of sign-ins says which issuers’ tokens lack something', async () => {
  const people = await open();
  await people.note({ ...ada, person: { email: null, employee: '17' } });
  await people.note({ ...ada, mayDecide: true, signedInAt: null, acr: null });
  const seen = await signInsSeen(recorded.store);
  expect(seen).toHaveLength(2);
  expect(seen).toEqual(
    expect.arrayContaining([
      { issuer: ISSUER, forDeciding: false, lacks: ['email'], saysWhen: true, acr: 'pwd' },
      { issuer: ISSUER, forDeciding: true, lacks: [], saysWhen: false, acr: null },
    ]),
  );
});

describe('everybody who has come', () => {
  it('is as their newest token said, by id, and as the one that they run SQL with', async () => {
    const people = await open();
    expect(await people.list()).toEqual([]);
    await people.note(account('eve', { groups: ['z', 'a'], person: { email: null } }));
    await people.note({ ...ada, name: 'Ada before' });
    await people.note({ ...ada, name: 'Ada', groups: ['developers'] });
    await people.note({ ...ada, name: 'Ada who decides', mayDecide: true });
    await people.note(account('deploys', { kind: 'workload', groups: ['ci'] }));
    const known = ({ id, issuer, subject, name, groups, kind, person }: Identity) => ({
      id,
      issuer,
      subject,
      name,
      groups,
      kind,
      person,
    });
    const all = [
      known({ ...ada, name: 'Ada', groups: ['developers'] }),
      known(account('deploys', { kind: 'workload', groups: ['ci'] })),
      known(account('eve', { groups: ['a', 'z'], person: { email: null } })),
    ];
    expect(await people.list()).toEqual(all);
    expect(await (await open()).list()).toEqual(all);
  });

  it('is nobody of whom an earlier version has not written what they are called', async () => {
    const { id, issuer, subject, person } = ada;
    const said = JSON.stringify({ person, saysWhen: true, acr: null });
    await recorded.store.transaction((tx) =>
      tx.people.note({ id, issuer, subject, forDeciding: false, said }, ['["employee","17"]']),
    );
    const people = await open();
    expect(await people.list()).toEqual([]);
    await people.note(ada);
    expect(await people.list()).toMatchObject([{ id, name: 'ada' }]);
  });
});

describe('names on the record', () => {
  const onRecord = async () => {
    await recorded.notices.read();
    return recorded.notices.of('names_known').map(({ detail }) => detail);
  };
  const names = (...borne: readonly string[]) => ({ identity: ada.id, names: JSON.stringify(borne) });

  it('are there once each, however often they come', async () => {
    const people = await open();
    await people.note(ada);
    await people.note({ ...ada, acr: 'phr' });
    expect(await onRecord()).toEqual([names('["employee","17"]')]);
    await people.note({ ...ada, person: { employee: '17', email: 'ada@example.com' } });
    expect(await onRecord()).toEqual([names('["employee","17"]'), names('["email","ada@example.com"]')]);
  });

  it('count, though somebody takes them out of the database', async () => {
    await (await open()).note(ada);
    await sql`DELETE FROM known_name`.execute(recorded.db);
    expect((await open()).shareName(ada.id, bearing({ employee: '17' }))).toBe(true);
    expect(await onRecord()).toHaveLength(1);
  });

  it('are put there when an earlier version has kept them in the database alone', async () => {
    const { id, issuer, subject } = ada;
    const borne = ['["email","ada@example.com"]', '["employee","17"]'];
    await recorded.store.transaction((tx) =>
      tx.people.note({ id, issuer, subject, forDeciding: false, said: '{}' }, borne),
    );
    await open();
    expect(await onRecord()).toEqual([names(...borne)]);
    await open();
    await (await open()).note({ ...ada, person: { employee: '17' } });
    expect(await onRecord()).toHaveLength(1);
  });

  it('are put there the next time when they could not be', async () => {
    const people = await open();
    breaks = true;
    await expect(people.note(ada)).rejects.toThrow('the disk is full');
    breaks = false;
    expect(await onRecord()).toEqual([]);
    await people.note(ada);
    expect(await onRecord()).toEqual([names('["employee","17"]')]);
  });
});
