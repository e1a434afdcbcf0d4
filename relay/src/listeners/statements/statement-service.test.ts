import { describe, expect, it } from 'vitest';
import { ada, person, sessionOf } from '../../approval/testing.ts';
import type { Identity } from '../../identity/index.ts';
import type { Owner, Queries, Query } from '../../queries/index.ts';
import type { Session, Sessions } from '../../session/index.ts';
import type { CatalogBrowser, StatementRequest } from '../../gate.ts';
import { SluiceError } from '../../errors.ts';
import { createPlaces } from '../../limits/places.ts';
import { createStatementService, type Order } from './statement-service.ts';

const order: Order = { sql: 'SELECT 1', binds: {}, requestId: 'r', prompt: null };
const bob = person('bob', []);

/** Sessions and queries in memory; sessions can end, and fail to open. */
function startStatements() {
  const open = new Map<string, Session>();
  const opened: Session[] = [];
  const submitted: { readonly session: Session; readonly id: string }[] = [];
  const cancelled: unknown[] = [];
  const sessions: Pick<Sessions, 'share'> = {
    async share(key, identity, client, begin) {
      const known = open.get(key);
      if (known !== undefined) return known;
      const id = `s${opened.length}` as Session['id'];
      const session = { ...sessionOf(identity), id, client, ...(await begin()) };
      opened.push(session);
      open.set(key, session);
      return session;
    },
  };
  const queries = {
    submit(asked: Parameters<Queries['submit']>[0]) {
      const id = `q${submitted.length}`;
      submitted.push({ session: asked.session, id });
      return { queryId: id, ...asked } as unknown as Query;
    },
    async findOwn(isOwn: (session: Session) => boolean, id: string) {
      const found = submitted.find((one) => one.id === id && isOwn(one.session));
      if (found === undefined) throw new SluiceError('result_unavailable', 'none');
      return { queryId: id } as Query;
    },
    async cancelOwn({ by, session, isOwn }: Owner, id: string) {
      cancelled.push({ by: by.subject, session });
      return await queries.findOwn(isOwn, id);
    },
  } as unknown as Queries;
  const explained: StatementRequest[] = [];
  const browsed: Session[] = [];
  const statements = createStatementService({
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
    openingState: async (_identity, asked) => ({ ...asked, role: 'READER' }),
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
    cancelled,
  };
}

describe('the session of a program that has none', () => {
  it('is opened as what it is, and used again', async () => {
    const { submit, opened } = startStatements();
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

  it('is another for another token, agent, person or account', async () => {
    const { submit, opened } = startStatements();
    await submit();
    await submit(ada, 'Copilot');
    await submit({ ...ada, tokenId: 'other' });
    await submit({ ...ada, tokenId: null, issuedAt: ada.issuedAt + 1 });
    await submit(bob);
    await submit({ ...ada, subject: 'ADA' });
    expect(opened).toHaveLength(6);
    await submit(ada, 'Copilot');
    expect(opened).toHaveLength(6);
  });
});

it('a handle is found, and ended, by its owner, with whichever token, and by nobody else', async () => {
  const { statements, submit, submitted, cancelled } = startStatements();
  await submit();
  await submit({ ...ada, tokenId: 'other' });
  const later = { ...ada, tokenId: 'third' };
  expect(await statements.find(later, 'q0')).toMatchObject({ queryId: 'q0' });
  expect(await statements.cancel(later, 'q1')).toMatchObject({ queryId: 'q1' });
  const none = { code: 'result_unavailable' };
  await expect(statements.find(ada, 'q2')).rejects.toMatchObject(none);
  await expect(statements.find(bob, 'q0')).rejects.toMatchObject(none);
  await expect(statements.cancel(bob, 'q0')).rejects.toMatchObject(none);
  await expect(statements.find({ ...ada, subject: 'ADA' }, 'q0')).rejects.toMatchObject(none);
  expect(cancelled).toEqual([
    { by: 'ada', session: null },
    { by: 'bob', session: null },
  ]);
  // A driver's session is not read here, even by its own person.
  submitted.push({ session: sessionOf(ada), id: 'driver' });
  await expect(statements.find(ada, 'driver')).rejects.toMatchObject(none);
});

it('explains in the session that would run it, as one of the statements that a person may have under way', async () => {
  const { statements, submit, submitted, explained } = startStatements();
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
  const { statements, submit, submitted, browsed } = startStatements();
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
  const { statements } = startStatements();
  const by = { identity: ada, address: '10.0.0.1', agent: null };
  const gone = new AbortController().signal;
  for (let again = 0; again < 3; again += 1)
    await expect(statements.explain(by, { sql: 'broken', binds: {} }, gone)).rejects.toThrow(
      'not understood',
    );
});
