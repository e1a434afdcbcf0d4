import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres, postgresPrograms, startPostgres } from '../../../test/support/postgres.ts';
import { packOffsets, type TermSearch, termOf } from '../recording/index.ts';
import { openStore, type Store } from './index.ts';

const options = {
  now: () => 0,
  onError: (error: unknown) => {
    throw error;
  },
};
const programs = postgresPrograms();
let postgres: Postgres | null = null;
beforeAll(async () => {
  if (programs !== null) postgres = await startPostgres(programs);
});
afterAll(async () => await postgres?.close());

async function inPostgres(): Promise<Store> {
  const name = `SLUICE_TEST_${randomUUID().replaceAll('-', '')}`;
  process.env[name] = await postgres!.newDatabase();
  const config = { kind: 'postgres', url: { env: name }, tls: null, allowPlain: false, poolSize: 4 } as const;
  return openStore(config, { database: '' }, options);
}

const databases = [
  {
    name: 'SQLite',
    open: () => openStore({ kind: 'sqlite' }, { database: ':memory:' }, options),
    skipped: '',
  },
  {
    name: 'PostgreSQL',
    open: inPostgres,
    skipped: programs === null ? 'PostgreSQL is not installed here' : '',
  },
];

interface MadeUp {
  readonly position: number;
  readonly at: string;
  readonly session: string;
  readonly terms: readonly string[];
  readonly isRemoved: boolean;
}

const SIZE = 1_000;
const WORDS = ['select', 'selected', 'from', 'orders', 'orders_of', 'ada', 'x1', 'x2', 'x33'];

/** The same each time: a word for each of some divisors of its position, and a person by its session. */
const events: readonly MadeUp[] = Array.from({ length: SIZE }, (_, position) => ({
  position,
  at: new Date(Date.UTC(2026, 0, 1) + position * 60_000).toISOString(),
  session: `s${position % 5}`,
  terms: [
    ...WORDS.filter((_, index) => position % (index + 2) === 0).map((word) => termOf('word', word)),
    ...(position % 97 === 0 ? [termOf('rule', 'rare')] : []),
    ...(position % 10 === 3 ? [termOf('person', 'p9')] : []),
  ],
  isRemoved: position % 50 === 8,
}));
/** The blocks, as an indexer might have made them; from the last one's end on, events have entries of their own. */
const BLOCKS = [
  [0, 200],
  [200, 201],
  [201, 500],
  [500, 700],
] as const;

const personOf = (session: string) => `p${session.slice(1)}`;
const allTerms = ({ session, terms }: MadeUp) => [...terms, termOf('person', personOf(session))];

async function fill(store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.events.open('log');
    for (const session of ['s0', 's1', 's2', 's3', 's4']) {
      const person = personOf(session);
      const named = { person, subject: person, name: person, application: 'a', agent: null };
      await tx.index.sessionOpened({ session, at: '', ...named });
    }
    await tx.events.insert(
      events.map(({ position, at, session, isRemoved }) => ({
        position,
        at,
        session,
        seq: position,
        type: 'statement',
        salt: isRemoved ? null : '',
        body: isRemoved ? null : '{}',
        mac: '',
        bodyDigest: '',
        previous: '',
        hash: '',
      })),
      SIZE,
    );
    for (const [block, [start, end]] of BLOCKS.entries()) {
      const postings = new Map<string, number[]>();
      for (const event of events.slice(start, end)) {
        for (const term of allTerms(event))
          postings.set(term, [...(postings.get(term) ?? []), event.position - start]);
      }
      const rows = [...postings].map(([term, offsets]) => ({ term, offsets: packOffsets(offsets) }));
      await tx.terms.putPostings(block, rows);
      const [earliest, latest] = [events[start]!.at, events[end - 1]!.at];
      await tx.terms.seal({ block, start, end, earliest, latest });
    }
    await tx.terms.addRecent(
      // In two parts each: what they have together counts.
      events.slice(700).flatMap(({ position, session, at, terms }) => [
        { position, part: 0, session, at, terms: ['q', ...terms.slice(0, 1)] },
        { position, part: 1, session, at, terms: terms.slice(1) },
      ]),
    );
  });
}

function expected({ all, beginning, since, before }: Omit<TermSearch, 'limit'>): readonly number[] {
  return events
    .filter((event) => {
      const terms = allTerms(event);
      if (event.isRemoved && (all.length > 0 || beginning !== null)) return false;
      if (!all.every((term) => terms.includes(term))) return false;
      if (beginning !== null && !terms.some((term) => term.startsWith(beginning))) return false;
      return (since === undefined || event.at >= since) && (before === undefined || event.at < before);
    })
    .map(({ position }) => position)
    .toReversed();
}

const word = (text: string) => termOf('word', text);
const cases: Readonly<Record<string, Omit<TermSearch, 'limit'>>> = {
  'a word': { all: [word('select')], beginning: null },
  'two words': { all: [word('select'), word('orders')], beginning: null },
  'words that are never together': { all: [word('select'), word('nosuch')], beginning: null },
  'the beginning of words': { all: [], beginning: word('order') },
  'a beginning and a word': { all: [word('from')], beginning: word('x') },
  'a beginning of nothing': { all: [word('from')], beginning: word('y') },
  'a person, by their sessions and by name': { all: [termOf('person', 'p3')], beginning: null },
  'a person who has opened nothing': { all: [termOf('person', 'p9')], beginning: null },
  'what is rare': { all: [termOf('rule', 'rare'), termOf('person', 'p0')], beginning: null },
  'a time within a block': {
    all: [word('select')],
    beginning: null,
    since: events[210]!.at,
    before: events[222]!.at,
  },
  'a time across blocks': { all: [], beginning: null, since: events[490]!.at, before: events[720]!.at },
  everything: { all: [], beginning: null },
};

describe.each(databases.filter(({ skipped }) => skipped === ''))('a search on $name', ({ open, skipped }) => {
  let store: Store;
  beforeAll(async () => {
    if (skipped !== '') return;
    store = await open();
    await fill(store);
  });
  afterAll(async () => {
    if (skipped === '') await store.close();
  });

  it.each(Object.entries(cases))('finds by %s what there is, page by page', async (_, search) => {
    for (const limit of [1, 7, 2_000]) {
      const found: number[] = [];
      let olderThan: number | undefined;
      do {
        const from: Partial<TermSearch> = olderThan === undefined ? {} : { olderThan };
        const page = await store.terms.search({ ...search, limit, ...from });
        expect(page.events.length).toBeLessThanOrEqual(limit);
        expect(page.unindexed).toBe(0);
        found.push(...page.events.map(({ position }) => position));
        expect(page.searchedTo ?? -1).toBeLessThan(olderThan ?? SIZE);
        olderThan = page.searchedTo ?? undefined;
      } while (olderThan !== undefined && found.length < limit * 200);
      const wanted = expected(search);
      expect(found).toEqual(wanted.slice(0, limit * 200));
    }
  });

  it('reads a session on from anywhere in the log', async () => {
    for (const after of [-1, 0, 2, 3, 4, 498, 500, 994, 996, 997, 998, 999, 5_000]) {
      const page = await store.events.afterPosition({ after, session: 's3', limit: 3 });
      const wanted = events.filter(({ position, session }) => position > after && session === 's3');
      expect(page.map(({ position }) => position)).toEqual(
        wanted.slice(0, 3).map(({ position }) => position),
      );
    }
    expect(await store.events.afterPosition({ after: 3, session: 'none', limit: 3 })).toEqual([]);
  });

  it('takes a bounded number of steps, and says how far it has looked', async () => {
    const other = await open();
    const entries = Array.from({ length: 15_000 }, (_, position) => {
      const terms = position === 5 ? [word('needle')] : [];
      return { position, part: 0, session: 's', at: '', terms };
    });
    await other.transaction(async (tx) => {
      await tx.events.open('log');
      await tx.terms.addRecent(entries);
    });
    const first = await other.terms.search({ all: [word('needle')], beginning: null, limit: 10 });
    expect(first).toMatchObject({ events: [], searchedTo: expect.any(Number) });
    let pages = 1;
    for (let last = first.searchedTo; last !== null; pages += 1) {
      const search = { all: [word('needle')], beginning: null, olderThan: last, limit: 10 };
      last = (await other.terms.search(search)).searchedTo;
    }
    expect(pages).toBeGreaterThan(2);
    // Three where steps are fast; where they are slow, one for each lot of entries that is read.
    expect(pages).toBeLessThan(17);
    await other.close();
  });
});
