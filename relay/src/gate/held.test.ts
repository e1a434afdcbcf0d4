import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GateWorld, POLICY, startGate } from '../../../test/support/in-memory-gate.ts';
import type { SluiceError } from '../errors.ts';
import type { StatementRequest } from '../gate.ts';
import { ada, person } from '../approval/testing.ts';

let world: GateWorld;
beforeEach(async () => {
  world = await startGate();
});
afterEach(() => world.close());

const DELETE = 'DELETE FROM ORDERS WHERE ID = 5';
const UPDATE = "UPDATE ORDERS SET STATUS = 'seen' WHERE ID = 5";
const codeOf = (run: Promise<unknown>) =>
  run.then(
    () => 'rows',
    (error: SluiceError) => error.code,
  );
const lastOf = (type: string) => world.events.findLast((event) => event.type === type);
const ran = () => world.journal.filter((step) => step === 'RUN').length;

describe('an approval covers what was approved, and nothing else', () => {
  /** Holds it, does something, and approves it: what becomes of it. */
  const meanwhile = (request: StatementRequest, doing: () => unknown) =>
    codeOf(
      world.run(request, async (id) => {
        await doing();
        await world.decide(id, 'approve');
      }),
    );

  it.each([
    ['nothing', () => {}, 'rows'],
    ['another variable of the same value', () => world.run(world.request('SET Y = 1')), 'approval_void'],
    [
      'a column more in the table',
      () => world.warehouse.table('SHOP.PUBLIC.ORDERS', ['ID', 'STATUS', 'X']),
      'approval_void',
    ],
    [
      'the table for another one with the same columns',
      () => world.warehouse.table('SHOP.PUBLIC.ORDERS', ['ID', 'STATUS']),
      'approval_void',
    ],
    [
      'a tag that came to a column of the table',
      () =>
        world.addTags([
          {
            column: { object: { database: 'SHOP', schema: 'PUBLIC', name: 'ORDERS' }, column: 'STATUS' },
            tag: { tag: 'pii.ssn' },
          },
        ]),
      'approval_void',
    ],
    ['another table altogether', () => world.warehouse.table('SHOP.PUBLIC.OTHER', ['ID']), 'rows'],
    ['another policy that still asks', () => world.setPolicy('# changed'), 'approval_void'],
    ['another default schema', () => (world.warehouse.changed.schema = 'SCRATCH'), 'approval_void'],
    ['another role', () => (world.warehouse.changed.role = 'OWNER'), 'approval_void'],
  ])('when it changes meanwhile: %s', async (_, doing, end) => {
    world.warehouse.table('SHOP.SCRATCH.ORDERS', ['ID', 'STATUS']);
    expect(await meanwhile(world.request(DELETE), doing)).toBe(end);
    expect(lastOf('approval_ended')).toMatchObject({ how: end === 'rows' ? 'approved' : 'void' });
  });

  it('is void when a variable that it uses was set to something else', async () => {
    await world.run(world.request("SET WHICH = '5'"));
    const request = world.request('DELETE FROM ORDERS WHERE ID = $WHICH');
    const runs = ran();
    expect(await meanwhile(request, () => world.run(world.request("SET WHICH = '6'")))).toBe('approval_void');
    expect(ran()).toBe(runs + 1);
  });

  it('is void when a variable that it uses was set to another number', async () => {
    await world.run(world.request('SET WHICH = 5'));
    const request = world.request('DELETE FROM ORDERS WHERE ID = $WHICH');
    expect(await meanwhile(request, () => world.run(world.request('SET WHICH = 6')))).toBe('approval_void');
  });
});

describe('the policy is asked again once people have agreed', () => {
  const change = (more: string) =>
    codeOf(
      world.run(world.request(UPDATE), async (id) => {
        world.setPolicy(more);
        await world.decide(id, 'approve');
      }),
    );

  it('refuses what it refuses now, and says which rule', async () => {
    const block =
      '  - { name: frozen, effect: block, reason: the books are closed, when: { kinds: [dml] } }\n';
    expect(await change(block)).toBe('blocked');
    expect(ran()).toBe(0);
    expect(lastOf('decision')).toMatchObject({ effect: 'block', rule: 'frozen' });
    expect(lastOf('approval_ended')).toMatchObject({ how: 'void' });
    expect(lastOf('blocked')).toMatchObject({ rule: 'frozen' });
  });

  it('runs what it allows now, and the approval is void', async () => {
    world.setPolicy('');
    const write = "when: { kinds: [dml], objects: [{ names: ['SHOP.*.*'] }] }";
    const end = codeOf(
      world.run(world.request(UPDATE), async (id) => {
        world.setPolicy(
          `  - { name: free, effect: allow, ${write} }\n`,
          POLICY.replace(/.*name: change.*\n/, ''),
        );
        await world.decide(id, 'approve');
      }),
    );
    expect(await end).toBe('rows');
    expect(lastOf('approval_ended')).toMatchObject({ how: 'void' });
  });
});

describe('break-glass', () => {
  const glass = (lifts: string) =>
    `break_glass: [{ name: incident, groups: [analysts], lifts: [${lifts}], reveal: [pii.email] }]`;
  const order = { reason: 'the shop is down', database: 'SHOP', schema: 'PUBLIC', minutes: 10 };
  const openFor = (sql: string, change: Partial<typeof order> = {}, by = ada) =>
    world.openings.open(by, { ...order, ...change, sql });
  const open = () => world.reviews.list(person('sam', ['security']), 'open');

  it('runs at once, and leaves a review that was opened before it ran', async () => {
    world.setPolicy(glass('ask'));
    await openFor(UPDATE);
    const request = world.request(UPDATE);
    await world.run(request);
    expect(await open()).toMatchObject([
      {
        statement: request.queryId,
        sql: UPDATE,
        entry: 'incident',
        reason: 'the shop is down',
        lifted: { rule: 'change', effect: 'ask' },
      },
    ]);
    const notice = world.journal.lastIndexOf('notice');
    expect(notice).toBeGreaterThan(1);
    expect(notice).toBeLessThan(world.journal.indexOf('RUN'));
    expect(world.journal).not.toContain('approval_asked');
  });

  it('leaves none when nothing was lifted', async () => {
    world.setPolicy(glass('ask'));
    await openFor('SELECT ID FROM ORDERS');
    await world.run(world.request('SELECT ID FROM ORDERS')).catch(() => {});
    expect(await open()).toEqual([]);
  });

  it('does not run what cannot be reviewed', async () => {
    world.setPolicy(glass('ask'));
    await openFor(UPDATE);
    world.faults.record = 'notice';
    expect(await codeOf(world.run(world.request(UPDATE)))).toBe('record_unavailable');
    expect(ran()).toBe(0);
  });

  it('runs once', async () => {
    world.setPolicy(glass('ask'));
    await openFor(UPDATE);
    const both = [world.run(world.request(UPDATE)), world.run(world.request(UPDATE))].map(codeOf);
    expect((await Promise.all(both)).sort()).toEqual(['approval_void', 'rows']);
    expect(ran()).toBe(1);
  });

  it('is not used up by who asks what a result would look like', async () => {
    world.setPolicy(glass('ask'));
    await openFor(UPDATE);
    await world.run(world.request(UPDATE, { describeOnly: true }));
    expect(await open()).toEqual([]);
    expect(await codeOf(world.run(world.request(UPDATE)))).toBe('rows');
  });

  const asks = async (request: Parameters<typeof world.run>[0]) => {
    const isAsked = Promise.withResolvers<true>();
    const stop = new AbortController();
    const end = world.run(request, () => isAsked.resolve(true), stop.signal).catch(() => false);
    const asked = await Promise.race([isAsked.promise, end.then(() => false)]);
    stop.abort();
    await end;
    return asked;
  };

  it.each<[string, () => Promise<unknown>, () => Parameters<typeof asks>[0]]>([
    ['a text of which not a byte is the same', () => openFor(`${UPDATE} `), () => world.request(UPDATE)],
    ['what runs in another schema', () => openFor(UPDATE, { schema: 'OTHER' }), () => world.request(UPDATE)],
    ['what runs in another database', () => openFor(UPDATE, { database: 'X' }), () => world.request(UPDATE)],
    [
      'somebody else, spelt alike',
      () => openFor(UPDATE, {}, person('ADA', ['analysts'])),
      () => world.request(UPDATE),
    ],
    ['somebody else', () => openFor(UPDATE, {}, person('bob', ['analysts'])), () => world.request(UPDATE)],
    [
      'what comes too late',
      async () => {
        await openFor(UPDATE);
        world.clock.now += 10 * 60_000;
      },
      () => world.request(UPDATE),
    ],
    [
      'a text with binds',
      () => openFor('DELETE FROM ORDERS WHERE ID = ?'),
      () =>
        world.request('DELETE FROM ORDERS WHERE ID = ?', {
          binds: { '1': { type: 'FIXED', value: '1' } },
        }),
    ],
    [
      'a session with variables',
      async () => {
        await world.run(world.request('SET WHICH = 5'));
        await openFor('DELETE FROM ORDERS WHERE ID = $WHICH');
      },
      () => world.request('DELETE FROM ORDERS WHERE ID = $WHICH'),
    ],
    [
      'a session with temporary tables, which stand in for others',
      async () => {
        await world.run(world.request('CREATE TEMPORARY TABLE SCRATCH.LATE (ID INT)'));
        await openFor(UPDATE);
      },
      () => world.request(UPDATE),
    ],
  ])('opened is not open for %s', async (_, prepare, request) => {
    world.setPolicy(glass('ask'));
    await prepare();
    const before = ran();
    expect(await asks(request())).toBe(true);
    expect(ran()).toBe(before);
  });

  it('goes to no pipeline, and not without end to anybody', async () => {
    const pipeline = person('ci', ['analysts'], { kind: 'workload' });
    expect(await codeOf(openFor(UPDATE, {}, pipeline))).toBe('approver_not_allowed');
    for (let i = 0; i < 20; i += 1) await openFor(`${UPDATE} -- ${i}`);
    expect(await codeOf(openFor(UPDATE))).toBe('too_many_held');
    world.clock.now += 10 * 60_000;
    await openFor(UPDATE);
  });
});

describe('what approvers are shown of bound values', () => {
  const binds = { '1': { type: 'TEXT', value: '123' } };
  it.each([
    ['compared with a column that is not sensitive', 'DELETE FROM ORDERS WHERE ID = ?', true],
    [
      'compared with a sensitive one',
      'DELETE FROM ORDERS WHERE ID IN (SELECT ID FROM CUSTOMERS WHERE EMAIL = ?)',
      false,
    ],
    [
      'beside the reading of a table that has one',
      'DELETE FROM ORDERS WHERE ID = ? AND EXISTS (SELECT 1 FROM CUSTOMERS)',
      true,
    ],
    ['written into a table without sensitive columns', 'INSERT INTO ORDERS (ID) VALUES (?)', true],
    ['written into a table with one', 'INSERT INTO CUSTOMERS (ID) VALUES (?)', false],
  ])('%s', async (_, sql, shown) => {
    world.setPolicy(
      "  - { name: uses, effect: ask, reason: so, approvers: owners, when: { kinds: [dml], uses: [{ tags: ['*'] }] } }",
    );
    let seen: boolean | null = null;
    await codeOf(
      world.run(world.request(sql, { binds }), async (id) => {
        const approval = await world.approvals.find(person('olga', ['owners']), id as never);
        if (approval.request.kind === 'statement') seen = approval.request.bindsMayBeShown;
        await world.decide(id, 'deny');
      }),
    );
    expect(seen).toBe(shown);
  });
});

describe('a grant', () => {
  it('lets a like statement run unasked', async () => {
    await world.run(world.request(DELETE), (id) =>
      world.decide(id, 'approve', { mostRows: 1, grantSeconds: 600 }),
    );
    const before = world.journal.length;
    await world.run(world.request(DELETE), () => expect.unreachable('it was asked about'));
    expect(world.journal.slice(before)).not.toContain('approval_asked');
    expect(world.events.filter(({ type }) => type === 'notice')).toMatchObject([
      { what: 'grant_given' },
      { what: 'grant_used', detail: { rows: '1' } },
      { what: 'grant_counted', detail: { rows: '1' } },
    ]);
  });
});

describe('a client that only wants to know the shape', () => {
  it('is told at once: nothing is asked, carried or run', async () => {
    await world.run(world.request(DELETE, { describeOnly: true }));
    expect(world.journal).toEqual([
      'statement',
      'understanding',
      'decision',
      'running',
      'DESCRIBE',
      'result',
    ]);
    expect(lastOf('statement')).toMatchObject({ describeOnly: true });
  });

  it('sets no variable by it', async () => {
    const byVariable = 'SELECT ID FROM IDENTIFIER($T)';
    world.warehouse.answers.set(byVariable, { columns: ['ID'], batches: [] });
    await world.run(world.request("SET T = 'CUSTOMERS'", { describeOnly: true }));
    expect(await codeOf(world.run(world.request(byVariable)))).toBe('blocked');
    expect(lastOf('understanding')).toMatchObject({ understood: false });
  });
});

describe('tags that flow to another table', () => {
  it('are there before the statement runs, and mask the copy', async () => {
    await world.run(world.request('CREATE TABLE SCRATCH.COPY AS SELECT EMAIL AS E FROM CUSTOMERS'));
    expect(world.journal.indexOf('carry')).toBeLessThan(world.journal.indexOf('RUN'));
    world.warehouse.table('SHOP.SCRATCH.COPY', ['E']);
    const sql = 'SELECT E FROM SCRATCH.COPY';
    world.warehouse.answers.set(sql, { columns: ['E'], batches: [[['ada@example.com']]] });
    const { rows } = await world.run(world.request(sql));
    expect(rows[0]?.[0]).not.toContain('ada@');
    expect(lastOf('decision')).toMatchObject({ effect: 'mask', masks: [{ method: 'redact' }] });
  });
});

describe('a masked value that comes back', () => {
  const masked = async () => {
    const sql = 'SELECT EMAIL FROM CUSTOMERS';
    world.warehouse.answers.set(sql, { columns: ['EMAIL'], batches: [[['ada@example.com']]] });
    const { rows } = await world.run(world.request(sql));
    return String(rows[0]?.[0]);
  };

  it.each([
    ['in the text', (value: string) => ({ sql: `UPDATE ORDERS SET STATUS = '${value}' WHERE ID = 1` })],
    [
      'in a bind',
      (value: string) => ({
        sql: 'UPDATE ORDERS SET STATUS = ? WHERE ID = 1',
        binds: { '1': { type: 'TEXT', value } },
      }),
    ],
  ])('is not written: %s', async (_, statement) => {
    const { sql, ...change } = statement(await masked());
    const runs = ran();
    await expect(world.run(world.request(sql, change))).rejects.toMatchObject({
      code: 'blocked',
      rule: 'written-back',
    });
    expect(ran()).toBe(runs);
    expect(lastOf('decision')).toMatchObject({ effect: 'block', rule: 'written-back' });
  });

  it('may be asked for', async () => {
    const sql = `SELECT ID FROM ORDERS WHERE STATUS = '${await masked()}'`;
    world.warehouse.answers.set(sql, { columns: ['ID'], batches: [] });
    expect(await codeOf(world.run(world.request(sql)))).toBe('rows');
  });
});

describe('what is recorded of a statement', () => {
  it('is the prompt, what was sent, what it means and what was decided', async () => {
    const sql = 'SELECT NAME, EMAIL FROM CUSTOMERS';
    const prompt = { text: 'who are they?', source: 'mcp', by: 'model', conversation: 'c-1' } as const;
    await world
      .run(world.request(sql, { prompt, binds: { '1': { type: 'TEXT', value: 'x' } } }))
      .catch(() => {});
    expect(world.events[0]).toEqual({ type: 'prompt', ...prompt });
    const statement = lastOf('statement');
    expect(statement).toMatchObject({ sql, describeOnly: false, state: world.session.state });
    const address = statement?.type === 'statement' ? statement.binds : null;
    expect(world.payloads.get(address ?? '')).toBe('{"1":{"type":"TEXT","value":"x"}}');
    expect(lastOf('understanding')).toMatchObject({
      understood: true,
      kind: { family: 'query', name: 'select' },
      objects: [{ type: 'table', name: 'SHOP.PUBLIC.CUSTOMERS', access: 'read' }],
      outputs: [
        { name: 'NAME', sources: ['direct SHOP.PUBLIC.CUSTOMERS.NAME'], unresolved: false },
        { name: 'EMAIL', sources: ['direct SHOP.PUBLIC.CUSTOMERS.EMAIL'], unresolved: false },
      ],
      problem: null,
    });
    expect(lastOf('decision')).toMatchObject({ effect: 'mask', masks: [{ output: 1, method: 'token' }] });
  });

  it('is what is wrong with it, when it is not understood', async () => {
    await expect(world.run(world.request('SELEKT 1'))).rejects.toMatchObject({
      code: 'statement_syntax',
      rule: 'not-understood',
    });
    expect(lastOf('blocked')).toMatchObject({ rule: 'not-understood' });
    expect(lastOf('understanding')).toMatchObject({
      understood: false,
      objects: [],
      outputs: [],
      problem: expect.any(String),
    });
    expect(lastOf('statement')).toMatchObject({ binds: null });
    expect(ran()).toBe(0);
  });

  it.each([
    ['SELECT 1; SELECT 2', 'statement_count', 'Actual statement count 2 did not match'],
    ['', 'statement_syntax', 'Empty SQL statement'],
  ])('says what was sent in place of one statement: %j', async (sql, code, message) => {
    await expect(world.run(world.request(sql))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    expect(lastOf('error')).toMatchObject({ code });
  });
});
