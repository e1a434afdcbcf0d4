import { describe, expect, it } from 'vitest';
import { ada, person, sessionOf } from '../../approval/testing.ts';
import type { Identity } from '../../identity/index.ts';
import type { Queries, Query } from '../../queries/index.ts';
import type { Session, Sessions } from '../../session/index.ts';
import type { CatalogBrowser, StatementRequest } from '../../gate.ts';
import { SluiceError } from '../../errors.ts';
import { createPlaces } from '../../limits/places.ts';
import { openStatementService, type Order } from './statement-service.ts';

const order: Order = { sql: 'SELECT 1', binds: {}, requestId: 'r', prompt: null };
const bob = person('bob', []);

/** Sessions and queries in memory; sessions can end, and fail to open. */
async function startStatements(before: readonly Session[] = []) {
  const open = new Map<string, Session>(before.map((session) => [session.id, session]));
  const opened: Session[] = [];
  const submitted: { readonly session: Session; readonly id: string }[] = [];
  const faults = { opening: 0 };
  const sessions = {
    async open(identity: Identity, client: Session['client'], state: Session['state']) {
      const session = { ...sessionOf(identity), id: `s${opened.length}` as Session['id'], client, state };
      opened.push(session);
      open.set(session.id, session);
      return { session };
    },
    find: async (id: string) => open.get(id) ?? null,
    openWhere: async (matches: (session: Session) => boolean) => [...open.values()].filter(matches),
  } as unknown as Sessions;
  const queries = {
    submit(asked: Parameters<Queries['submit']>[0]) {
      const id = `q${submitted.length}`;
      submitted.push({ session: asked.session, id });
      return { queryId: id, ...asked } as unknown as Query;
    },
    find: (session: Session, id: string) =>
      submitted.some((one) => one.id === id && one.session.id === session.id)
        ? ({ queryId: id } as Query)
        : null,
  } as unknown as Queries;
  const explained: StatementRequest[] = [];
  const browsed: Session[] = [];
  const statements = await openStatementService({
    sessions,
    queries,
    async explain(request) {
      explained.push(request);
      if (request.sql === 'broken') throw new Error('not understood');
      return await new Promise<never>(() => {});
    },
    askAhead: () => Promise.reject(new Error('nobody asks ahead here')),
    browse(session) {
      browsed.push(session);
      return { databases: async () => ['SHOP'] } as unknown as CatalogBrowser;
    },
    places: createPlaces({ each: 1, all: 2 }, () => new SluiceError('too_many_statements', 'too many')),
    newId: () => `x${explained.length}`,
    openingState: async (_identity, asked) => {
      if (faults.opening-- > 0) throw new Error('no role');
      return { ...asked, role: 'READER' };
    },
  });
  const submit = async (identity: Identity = ada, agent: string | null = null) =>
    await statements.submit({ identity, address: '10.0.0.1', agent }, order);
  return {
    statements,
    submit,
    opened,
    submitted,
    explained,
    browsed,
    faults,
    end: (id: string) => open.delete(id),
  };
}

describe('the session of a program that has none', () => {
  it('is opened with the first statement, as what it is, and used again', async () => {
    const { submit, opened } = await startStatements();
    const first = await submit();
    expect(first).toMatchObject({ sql: 'SELECT 1', describeOnly: false, attended: false });
    await submit();
    expect(opened).toMatchObject([
      {
        identity: { id: ada.id },
        client: { application: 'api', version: '1', protocol: 'api', address: '10.0.0.1', agent: null },
        state: { database: null, schema: null, warehouse: null, role: 'READER' },
      },
    ]);
  });

  it('is another for another token, agent or person', async () => {
    const { submit, opened } = await startStatements();
    await submit();
    await submit(ada, 'Copilot');
    await submit({ ...ada, tokenId: 'other' });
    await submit({ ...ada, tokenId: null, issuedAt: ada.issuedAt + 1 });
    await submit(bob);
    expect(opened).toHaveLength(5);
    await submit(ada, 'Copilot');
    expect(opened).toHaveLength(5);
  });

  it('is one, also for two statements at the same moment', async () => {
    const { submit, opened, end } = await startStatements();
    await Promise.all([submit(), submit(), submit()]);
    expect(opened).toHaveLength(1);
    end('s0');
    await Promise.all([submit(), submit()]);
    expect(opened).toHaveLength(2);
  });

  it('is opened anew once it has ended', async () => {
    const { submit, opened, end } = await startStatements();
    await submit();
    end('s0');
    await submit();
    expect(opened).toHaveLength(2);
  });

  it('is tried again after it could not be opened', async () => {
    const { submit, opened, faults } = await startStatements();
    faults.opening = 1;
    await expect(submit()).rejects.toThrow('no role');
    await submit();
    expect(opened).toHaveLength(1);
  });

  it('is the one that an earlier relay left open, of this protocol', async () => {
    const client = { ...sessionOf(ada).client, agent: null };
    const before = [
      {
        ...sessionOf(ada),
        id: 'driver' as Session['id'],
        client: { ...client, protocol: 'snowflake' as const },
      },
      { ...sessionOf(ada), id: 'api' as Session['id'], client: { ...client, protocol: 'api' as const } },
    ];
    const { submit, opened, submitted } = await startStatements(before);
    await submit();
    expect(opened).toEqual([]);
    expect(submitted.map(({ session }) => session.id)).toEqual(['api']);
  });
});

describe('a handle', () => {
  it('is found by its owner, with whichever token, and by nobody else', async () => {
    const { statements, submit } = await startStatements();
    await submit();
    await submit({ ...ada, tokenId: 'other' });
    const later = { ...ada, tokenId: 'third' };
    expect(statements.find(later, 'q0')).toMatchObject({ queryId: 'q0' });
    expect(statements.find(later, 'q1')).toMatchObject({ queryId: 'q1' });
    expect(statements.find(ada, 'q2')).toBeNull();
    expect(statements.find(bob, 'q0')).toBeNull();
  });

  it('is forgotten with its session: only the last fifty are known', async () => {
    const { statements, submit } = await startStatements();
    for (let count = 0; count < 51; count += 1) await submit(ada, `agent ${count}`);
    expect(statements.find(ada, 'q0')).toBeNull();
    expect(statements.find(ada, 'q1')).not.toBeNull();
    expect(statements.find(ada, 'q50')).not.toBeNull();
  });
});

it('explains in the session that would run it, as one of the statements that a person may have under way', async () => {
  const { statements, submit, submitted, explained } = await startStatements();
  await submit();
  const by = { identity: ada, address: '10.0.0.1', agent: null };
  const gone = new AbortController().signal;
  void statements.explain(by, { sql: 'SELECT 2', binds: {} }, gone);
  await expect.poll(() => explained).toHaveLength(1);
  expect(explained[0]).toMatchObject({ sql: 'SELECT 2', session: submitted[0]!.session });
  const one = statements.explain(by, { sql: 'SELECT 3', binds: {} }, gone);
  await expect(one).rejects.toMatchObject({ code: 'too_many_statements' });
});

it('looks at the catalog from the same session, one look at a time', async () => {
  const { statements, submit, submitted, browsed } = await startStatements();
  await submit();
  const by = { identity: ada, address: '10.0.0.1', agent: null };
  const gone = new AbortController().signal;
  const look = () => statements.browse(by, gone, (catalog) => catalog.databases());
  expect([await look(), await look()]).toEqual([['SHOP'], ['SHOP']]);
  expect(browsed).toEqual([submitted[0]!.session, submitted[0]!.session]);
  void statements.browse(by, gone, () => new Promise(() => {}));
  await expect.poll(() => browsed).toHaveLength(3);
  await expect(look()).rejects.toMatchObject({ code: 'too_many_statements' });
});

it('gives its place back when it fails', async () => {
  const { statements } = await startStatements();
  const by = { identity: ada, address: '10.0.0.1', agent: null };
  const gone = new AbortController().signal;
  for (let again = 0; again < 3; again += 1)
    await expect(statements.explain(by, { sql: 'broken', binds: {} }, gone)).rejects.toThrow(
      'not understood',
    );
});

it('knows the handles that an earlier relay gave', async () => {
  const client = { ...sessionOf(ada).client, agent: null, protocol: 'api' as const };
  const before = { ...sessionOf(ada), id: 'api' as Session['id'], client };
  const { statements, submit } = await startStatements([before]);
  await submit();
  expect(statements.find({ ...ada, tokenId: 'later' }, 'q0')).toMatchObject({ queryId: 'q0' });
});
