import { afterEach, describe, expect, it } from 'vitest';
import { type GateWorld, POLICY, startGate } from '../../../test/support/in-memory-gate.ts';
import { ada } from '../approval/testing.ts';
import { SluiceError } from '../errors.ts';

let world: GateWorld;
afterEach(() => world.close());

const PLAIN = 'SELECT ID FROM CUSTOMERS';
const DELETE = 'DELETE FROM ORDERS WHERE ID = 5';
const codeOf = (run: Promise<unknown>) =>
  run.then(
    () => 'rows',
    (error: SluiceError) => error.code,
  );
const ran = () => world.journal.filter((step) => step === 'RUN').length;

async function start(...given: Parameters<typeof startGate>) {
  world = await startGate(...given);
  world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches: [[['1']]] });
}

describe('who has used up what may be recorded of theirs', () => {
  it('is told so before anything is done for them, and their text fills nothing', async () => {
    await start('', { limits: { identity: { recordedBytesPerHour: 1 } } });
    world.limits.recordAnyway(world.session.identity.id, 1);
    expect(await codeOf(world.run(world.request(PLAIN)))).toBe('record_allowance_used');
    expect([world.journal, world.warehouse.counts.opened, world.warehouse.loads]).toEqual([[], 0, []]);
    world.clock.now += 3_600_000;
    world.session.expiresAt = world.clock.now + 1_000;
    expect(await codeOf(world.run(world.request(PLAIN)))).toBe('rows');
  });
});

describe('what is held', () => {
  /** What is left of places and bytes while it is held. */
  const whileHeld = async (request: Parameters<typeof world.run>[0], look: () => void) =>
    await codeOf(
      world.run(request, async (id) => {
        look();
        await world.decide(id, 'deny');
      }),
    );
  const { id } = ada;

  it('is one of so many, until it is decided on', async () => {
    await start('', { limits: { identity: { held: 1 } } });
    const full = () =>
      expect(() => world.limits.held.take(id)).toThrow(expect.objectContaining({ code: 'too_many_held' }));
    expect(await whileHeld(world.request(DELETE), full)).toBe('approval_denied');
    world.limits.held.take(id)();
    const release = world.limits.held.take(id);
    expect(await codeOf(world.run(world.request(DELETE)))).toBe('too_many_held');
    expect(world.journal.filter((step) => step === 'approval_asked')).toHaveLength(1);
    release();
  });

  it('gives its place back when it cannot be recorded', async () => {
    await start('', { limits: { identity: { held: 1 } } });
    world.faults.record = 'approval_asked';
    expect(await codeOf(world.run(world.request(DELETE)))).toBe('record_unavailable');
    world.limits.held.take(id)();
  });

  it('of before the relay stopped has its place, and is on the record', async () => {
    await start('', { limits: { identity: { held: 1 } } });
    const release = world.limits.held.take(id);
    const resumed = world.request(DELETE, { resumed: true });
    expect(await whileHeld(resumed, () => {})).toBe('approval_denied');
    release();
  });

  it('counts as its text, twice; what goes on after the relay stopped has been counted', async () => {
    const text = `${DELETE} -- ${'x'.repeat(5_000)}`;
    const used = async (resumed: boolean) => {
      await start();
      const counted: number[] = [];
      const { record } = world.limits;
      world.limits.record = (who, bytes) => {
        counted.push(bytes);
        record(who, bytes);
      };
      await codeOf(
        world.run(world.request(text, resumed ? { resumed } : {}), (held) => world.decide(held, 'deny')),
      );
      await world.close();
      return counted;
    };
    const [intent, held, ...none] = await used(false);
    expect([held, none]).toEqual([2 * Buffer.byteLength(text), []]);
    expect(await used(true)).toEqual([expect.closeTo(intent!, -2)]);
    await start();
  });
});

describe('a question of the relay’s own', () => {
  it('is not asked about', async () => {
    await start();
    const estimate = world.request(DELETE, { mayAsk: false });
    expect(await codeOf(world.run(estimate, () => expect.unreachable('it is held')))).toBe(
      'approval_cancelled',
    );
    expect(world.journal).not.toContain('approval_asked');
    expect(ran()).toBe(0);
  });
});

describe('what is sent as a read', () => {
  it('runs if it is one', async () => {
    await start();
    expect(await codeOf(world.run(world.request(PLAIN, { onlyReads: true })))).toBe('rows');
  });

  it('is neither run nor asked about if it is none, and what was sent is on the record', async () => {
    await start();
    const change = world.request(DELETE, { onlyReads: true });
    expect(await codeOf(world.run(change, () => expect.unreachable('it is held')))).toBe('not_a_read');
    expect(world.journal).toEqual(
      expect.arrayContaining(['statement', 'understanding', 'decision', 'error']),
    );
    expect(world.journal).not.toContain('approval_asked');
    expect(ran()).toBe(0);
  });
});

describe('between the decision and the run', () => {
  it('whoever is put out is out', async () => {
    await start();
    world.between.decided = () => (world.faults.revoked = true);
    expect(await codeOf(world.run(world.request(PLAIN)))).toBe('identity_revoked');
    expect([ran(), world.journal.includes('executed')]).toEqual([0, false]);
  });

  it('whoever is put out when what it was decided by is changed is out as well', async () => {
    await start();
    world.between.decided = () => {
      void world.addTags([{ column: { object: CUSTOMERS, column: 'X' }, tag: { tag: 'pii.email' } }]);
      world.between.decided = () => expect.unreachable('it is not looked at anew');
      world.faults.revoked = true;
    };
    expect(await codeOf(world.run(world.request(PLAIN)))).toBe('identity_revoked');
    expect(ran()).toBe(0);
  });

  it('whoever goes away has nothing run', async () => {
    await start();
    const gone = new AbortController();
    world.between.decided = () => gone.abort(new SluiceError('statement_cancelled', 'gone'));
    expect(await codeOf(world.run(world.request(PLAIN), undefined, gone.signal))).toBe('statement_cancelled');
    expect([ran(), world.journal.includes('executed')]).toEqual([0, false]);
  });

  it('whoever goes away as it is recorded has it recorded, and not run', async () => {
    await start();
    const gone = new AbortController();
    const { push } = world.journal;
    world.journal.push = (...steps) => {
      if (steps.includes('executed')) gone.abort(new SluiceError('statement_cancelled', 'gone'));
      return push.apply(world.journal, steps);
    };
    expect(await codeOf(world.run(world.request(PLAIN), undefined, gone.signal))).toBe('statement_cancelled');
    expect(world.journal.slice(-2)).toEqual(['executed', 'cancelled']);
  });

  it('a policy that changes all the time lets nothing run', async () => {
    await start();
    let times = 0;
    const again = () => {
      times += 1;
      void world.addTags([{ column: { object: CUSTOMERS, column: `X${times}` }, tag: { tag: 'pii.email' } }]);
      world.between.decided = again;
    };
    world.between.decided = again;
    expect(await codeOf(world.run(world.request(PLAIN)))).toBe('session_changed');
    expect([times, ran()]).toEqual([10, 0]);
  });

  it('what was recorded as decided does not go on as something else', async () => {
    await start('break_glass: [{ name: incident, groups: [analysts], lifts: [ask], reveal: [pii.email] }]');
    const sql = "UPDATE CUSTOMERS SET ID = '1' WHERE NAME = 'x'";
    const order = { reason: 'the shop is down', database: 'SHOP', schema: 'PUBLIC', minutes: 10 };
    await world.openings.open(world.session.identity, { ...order, sql });
    const opened = world.reviews.open;
    let tagging: Promise<void> | null = null;
    world.reviews.open = async (...given) => {
      // Its review is open, and on the record with its intent.
      tagging ??= world.addTags([{ column: { object: CUSTOMERS, column: 'NAME' }, tag: { tag: 'pii.ssn' } }]);
      return await opened(...given);
    };
    expect(await codeOf(world.run(world.request(sql)))).toBe('session_changed');
    expect(tagging).not.toBeNull();
    expect(ran()).toBe(0);
  });
});

const CUSTOMERS = { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMERS' };

describe('what a warehouse took back as too much', () => {
  const exceed = (times: number) => {
    let left = times;
    world.warehouse.faults.beforeRun = () => {
      if (left === 0) return;
      left -= 1;
      throw new SluiceError('rows_exceeded', 'too many');
    };
  };

  it('is said on the record: of which statement, and how many rows it was let through for', async () => {
    await start();
    exceed(1);
    const request = world.request(DELETE);
    const shown: unknown[] = [];
    await world.run(request, async (id) => {
      shown.push((await world.approvals.held()).find((one) => one.id === id)?.request.again);
      await world.decide(id, 'approve', { mostRows: 3 });
    });
    expect(world.events).toContainEqual({
      type: 'notice',
      what: 'rows_exceeded',
      detail: { statement: request.queryId, rows: '3' },
    });
    expect(shown).toEqual([null, { rows: 3 }]);
  });

  it('ends it where it was let through for any number', async () => {
    await start();
    exceed(1);
    expect(await codeOf(world.run(world.request(DELETE)))).toBe('rows_exceeded');
    expect([ran(), world.journal.filter((step) => step === 'approval_asked')]).toEqual([
      1,
      ['approval_asked'],
    ]);
  });

  it('runs unasked where the policy lets it by now', async () => {
    await start();
    exceed(1);
    const write = "when: { kinds: [dml], objects: [{ names: ['SHOP.*.*'] }] }";
    const free = POLICY.replace(/.*name: change.*\n/, `  - { name: free, effect: allow, ${write} }\n`);
    let asked = 0;
    world.warehouse.answers.set(DELETE, { columns: ['number of rows deleted'], batches: [[['5']]] });
    const { rows } = await world.run(world.request(DELETE), async (id) => {
      asked += 1;
      const { beforeRun } = world.warehouse.faults;
      world.warehouse.faults.beforeRun = (statement) => {
        world.setPolicy('', free);
        return beforeRun?.(statement);
      };
      await world.decide(id, 'approve', { mostRows: 1 });
    });
    expect([asked, ran(), rows]).toEqual([1, 2, [['5']]]);
  });
});

describe('an end that cannot be recorded', () => {
  it('is owed to the record, and its client is told that it ran', async () => {
    await start();
    world.faults.record = 'result';
    const request = world.request(PLAIN);
    await expect(world.run(request)).rejects.toMatchObject({
      code: 'record_unavailable',
      message: expect.stringContaining('the statement ran'),
    });
    expect(world.endsUnrecorded).toContain(request.queryId);
  });

  it('is not said to have run where it has not', async () => {
    await start();
    world.faults.record = 'executed';
    const request = world.request(PLAIN);
    await expect(world.run(request)).rejects.toMatchObject({
      code: 'record_unavailable',
      message: expect.not.stringContaining('the statement ran'),
    });
    expect([ran(), world.endsUnrecorded]).toEqual([0, []]);
  });
});
