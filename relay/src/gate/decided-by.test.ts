import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type GateWorld, POLICY, startGate } from '../../../test/support/in-memory-gate.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../../../test/support/postgres.ts';
import { ada } from '../approval/testing.ts';
import { createRevocations, type Revocations } from '../identity/index.ts';
import { NO_NOTICES } from '../recording/testing/test-notices.ts';
import { openPolicyFile } from '../policy-file.ts';
import { openPolicyInForce } from '../policy-in-force.ts';
import type { TaggedColumn } from '../policy/index.ts';
import { openStore, type Store } from '../store/index.ts';

// Nobody is notified of anything here: what one relay has done, the other knows only if it looks.
vi.mock('../store/postgres/listen.ts', () => ({ listenTo: async () => ({ close: async () => {} }) }));

const onError = (error: unknown) => {
  throw error;
};
const COLUMN = { object: { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMERS' }, column: 'NAME' };
const TAGGED: readonly TaggedColumn[] = [{ column: COLUMN, tag: { tag: 'pii.email' } }];
const NAMES = 'SELECT NAME FROM CUSTOMERS';

interface Side extends GateWorld {
  readonly revocations: Revocations;
  /** Changes this relay's policy file. */
  edit(text: string): Promise<void>;
}

async function sideOn(store: Store): Promise<Side> {
  const recorded = {
    ...store,
    transaction: <T>(work: (tx: never) => Promise<T>) =>
      store.transaction((tx) => work(Object.assign(tx, { record: async () => {} }) as never)),
  };
  const revocations = await createRevocations({
    store: recorded,
    relaySession: randomUUID(),
    notices: NO_NOTICES,
    now: Date.now,
    clockToleranceMs: 0,
    onError,
  });
  const folder = mkdtempSync(join(tmpdir(), 'sluice-policy-'));
  const path = join(folder, 'policy.yaml');
  writeFileSync(path, POLICY);
  const policy = await openPolicyInForce({
    file: openPolicyFile({ path, onReload: () => {} }),
    store: recorded,
    notices: NO_NOTICES,
    relaySession: randomUUID() as never,
    isAlone: false,
    now: Date.now,
    onStanding: () => {},
  });
  const policyInForce = () => policy.current();
  const world = await startGate('', {
    store,
    relay: randomUUID(),
    confirmIdentity: revocations.check,
    policyInForce,
  });
  world.warehouse.table('SHOP.PUBLIC.CUSTOMERS', ['ID', 'NAME']);
  world.warehouse.answers.set(NAMES, { columns: ['NAME'], batches: [[['ada@shop.example']]] });
  return {
    ...world,
    revocations,
    async edit(text) {
      writeFileSync(path, text);
      await policy.look();
      await policy.look();
    },
    async close() {
      await world.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const ran = ({ journal }: GateWorld) => journal.filter((step) => step === 'RUN').length;
const decisions = ({ events }: GateWorld) =>
  events.flatMap((event) => (event.type === 'decision' ? [event.effect] : []));

describe('of two relays on one PostgreSQL that tell each other nothing', () => {
  const programs = postgresPrograms();
  let postgres: Postgres;
  let [one, other]: Side[] = [];
  beforeAll(async () => {
    if (programs !== null) postgres = await startPostgres(programs);
  });
  afterAll(async () => await postgres?.close());
  beforeEach(async ({ skip }) => {
    if (programs === null) skip('PostgreSQL is not installed here');
    const name = `SLUICE_TEST_${randomUUID().replaceAll('-', '')}`;
    process.env[name] = await postgres.newDatabase();
    const config = {
      kind: 'postgres',
      url: { env: name },
      tls: null,
      allowPlain: false,
      poolSize: 4,
    } as const;
    const open = () => openStore(config, { database: '' }, { now: Date.now, onError });
    [one, other] = [await sideOn(await open()), await sideOn(await open())];
    delete process.env[name];
  });
  afterEach(async () => {
    await one?.close();
    await other?.close();
  });

  /** Kept in the store, so that either goes on from what the other has left. */
  const sessionOfBoth = async () => {
    const { session, store } = one!;
    const masterHash = randomUUID() as string as Parameters<Store['sessions']['byToken']>[0];
    const { expiresAt: masterExpiresAt } = session;
    await store.transaction((tx) =>
      tx.sessions.add({ ...session, masterHash, masterExpiresAt, sharedKey: null, seal: '' }),
    );
    return session;
  };

  it('the other masks what was tagged at the one, and only that decision is on the record', async () => {
    expect((await other!.run(other!.request(NAMES))).rows).toEqual([['ada@shop.example']]);
    await one!.addTags(TAGGED);
    expect(other!.classification.tags.tagsOf(COLUMN)).toEqual([]);
    const { rows } = await other!.run(other!.request(NAMES));
    expect(rows[0]?.[0]).not.toContain('shop.example');
    expect(decisions(other!)).toEqual(['allow', 'mask']);
  });

  it('the other runs nothing of whom the one has put out', async () => {
    const reason = { reason: 'left', by: 'sam' };
    await one!.revocations.revoke({ target: { type: 'subject', identity: ada.id }, ...reason });
    await expect(other!.run(other!.request(NAMES))).rejects.toMatchObject({ code: 'identity_revoked' });
    expect([ran(other!), other!.journal.includes('executed')]).toEqual([0, false]);
  });

  it('the other asks nobody for access of whom the one has put out', async () => {
    const { accessRequest, asking } = await import('../approval/testing.ts');
    const reason = { reason: 'left', by: 'sam' };
    await one!.revocations.revoke({ target: { type: 'subject', identity: ada.id }, ...reason });
    const asked = other!.approvals.askAhead(accessRequest(), asking);
    await expect(asked).rejects.toMatchObject({ code: 'identity_revoked' });
    expect(await other!.approvals.open()).toEqual([]);
  });

  it('the other decides nothing by a policy that the one has replaced, until its file is the new one', async () => {
    const frozen = `${POLICY}  - { name: frozen, effect: block, reason: closed, when: { kinds: [query] } }\n`;
    await one!.edit(frozen);
    await expect(other!.run(other!.request(NAMES))).rejects.toMatchObject({ code: 'policy_outdated' });
    expect([ran(other!), other!.journal.includes('executed')]).toEqual([0, false]);
    expect(other!.events.at(-1)).toMatchObject({ type: 'error', code: 'policy_outdated' });
    await other!.edit(frozen);
    await expect(other!.run(other!.request(NAMES))).rejects.toMatchObject({
      code: 'blocked',
      rule: 'frozen',
    });
    expect(decisions(other!).at(-1)).toBe('block');
  });

  it('the other runs nothing under what a session was before the one changed it', async () => {
    const session = await sessionOfBoth();
    const at = (side: Side, sql: string) =>
      side.run(side.request(sql, { session: side === one ? session : theirs }));
    const theirs = { ...session };
    const [named, second] = ['T', 'U'].map((name) => `SELECT ID FROM IDENTIFIER($${name})`);
    for (const { warehouse } of [one!, other!])
      for (const sql of [named, second]) warehouse.answers.set(sql!, { columns: ['ID'], batches: [[['1']]] });
    await at(one!, "SET T = 'CUSTOMERS'");
    await at(other!, named!);
    await at(one!, "SET T = 'ORDERS'");
    await at(other!, named!);
    const read = other!.events.flatMap((event) =>
      event.type === 'understanding' ? event.objects.map(({ name }) => name) : [],
    );
    expect(read).toEqual(['SHOP.PUBLIC.CUSTOMERS', 'SHOP.PUBLIC.ORDERS']);
    expect(ran(other!)).toBe(2);
    expect(other!.warehouse.counts.opened).toBe(2);
    // Both at once: one of the two is what the session goes on from, for both.
    await Promise.all([at(one!, "SET T = 'CUSTOMERS'"), at(other!, "SET U = 'CUSTOMERS'")]);
    const kept = await one!.store.sessions.context(session.id);
    const known = kept?.variables.map(([name]) => name) ?? [];
    for (const side of [one!, other!]) {
      const outcomes: boolean[] = [];
      // One after the other: a refusal is not looked at anew, and the first brings it up to date.
      for (const sql of [named, second]) {
        const run = at(side, sql!);
        outcomes.push(
          await run.then(
            () => true,
            () => false,
          ),
        );
      }
      expect(outcomes).toEqual([known.includes('T'), known.includes('U')]);
    }
  });

  it.each<[string, string, { readonly role?: string; readonly schema?: string }]>([
    ['another value of a variable', "SET N = '8'", {}],
    ['another role', "SET M = '7'", { role: 'OWNER' }],
    ['another schema', "SET M = '7'", { schema: 'SCRATCH' }],
  ])('what people let through does not run with %s, set at the one meanwhile', async (_, sql, state) => {
    const session = await sessionOfBoth();
    const atOne = (text: string) => one!.run(one!.request(text, { session }));
    await atOne("SET N = '7'");
    // It is found to be what was approved, and is on its way to the warehouse.
    other!.between.approved = async () => {
      Object.assign(one!.warehouse.changed, state);
      await atOne(sql);
    };
    const deleting = 'DELETE FROM SHOP.PUBLIC.CUSTOMERS WHERE ID = $N';
    const run = other!.run(other!.request(deleting, { session: { ...session } }));
    await expect(run).rejects.toMatchObject({ code: 'session_changed' });
    expect(ran(other!)).toBe(0);
  });

  describe('a session that both change at once', () => {
    let session: Side['session'];
    const at = (side: Side, sql: string, held?: (id: string) => unknown) =>
      side.run(side.request(sql, { session: side === one ? session : theirs }), held);
    let theirs: Side['session'];
    /** Sets it at the other, and at the one while that runs. */
    const setAtBoth = async (meanwhile: () => unknown = () => {}) => {
      session = await sessionOfBoth();
      theirs = { ...session };
      await at(one!, "SET N = '1'");
      other!.warehouse.faults.beforeRun = async () => {
        delete other!.warehouse.faults.beforeRun;
        await at(one!, "SET N = '9'");
        // The other is told.
        await other!.store.transaction(async () => {});
        await meanwhile();
      };
      await at(other!, "SET N = '8'");
    };
    const shownAtOther = async () => {
      const shown = Promise.withResolvers<unknown>();
      await at(other!, 'DELETE FROM SHOP.PUBLIC.CUSTOMERS WHERE ID = $N', async (id) => {
        const held = (await other!.approvals.held()).find((one) => one.id === id);
        shown.resolve(held?.request.variables.map(({ name, value }) => [name, value]));
        await other!.decide(id, 'approve');
      });
      return await shown.promise;
    };

    it('shows approvers what is set where it runs', async () => {
      // Another request of the session, which goes on from what the one has left.
      const { signal } = new AbortController();
      await setAtBoth(() => other!.gate.explain(other!.request('SELECT 1', { session: theirs }), {}, signal));
      expect(await shownAtOther()).toEqual([['N', '9']]);
      const kept = await one!.store.sessions.context(session.id);
      expect(kept?.variables).toMatchObject([['N', { literal: '9' }]]);
    });

    it('says on the record which change was lost', async () => {
      await setAtBoth();
      expect(other!.events).toContainEqual(
        expect.objectContaining({ type: 'notice', what: 'session_context_lost' }),
      );
      expect(await shownAtOther()).toEqual([['N', '9']]);
    });
  });

  it('the other takes no decision of whom the one has put out, and holds nothing of theirs', async () => {
    const held = Promise.withResolvers<string>();
    const run = other!.run(other!.request('DELETE FROM CUSTOMERS WHERE ID = 7'), held.resolve);
    run.catch(() => {});
    const id = await held.promise;
    const reason = { reason: 'left', by: 'sam' };
    const { owners } = await import('../approval/testing.ts');
    await one!.revocations.revoke({ target: { type: 'subject', identity: owners[0].id }, ...reason });
    await expect(other!.decide(id, 'approve')).rejects.toMatchObject({ code: 'identity_revoked' });
    expect(ran(other!)).toBe(0);
    await one!.revocations.revoke({ target: { type: 'subject', identity: ada.id }, ...reason });
    await other!.store.transaction(async () => {});
    await other!.approvals.revoked(({ id: who }) => who === ada.id);
    await expect(run).rejects.toMatchObject({ code: 'approval_cancelled' });
  });

  it('the other runs nothing under a grant of whom the one has put out', async () => {
    const deleting = () => other!.request('DELETE FROM CUSTOMERS WHERE ID = 7');
    const grant = { mostRows: 4, grantSeconds: 600, grantRows: 10 };
    await other!.run(deleting(), (id) => other!.decide(id, 'approve', grant));
    await other!.run(deleting(), () => expect.fail('it is not asked about'));
    expect(ran(other!)).toBe(2);
    const { owners } = await import('../approval/testing.ts');
    const reason = { reason: 'left', by: 'sam' };
    await one!.revocations.revoke({ target: { type: 'subject', identity: owners[0].id }, ...reason });
    const stop = new AbortController();
    const run = other!.run(deleting(), () => stop.abort(), stop.signal);
    await expect(run).rejects.toMatchObject({ code: 'approval_cancelled' });
    expect(ran(other!)).toBe(2);
  });

  it('what people let through for one meaning does not run under another', async () => {
    const update = 'UPDATE CUSTOMERS SET NAME = LOWER(NAME) WHERE ID = 7';
    // It is found to be what was approved, and is on its way to the warehouse.
    other!.between.approved = () => one!.addTags(TAGGED);
    await expect(other!.run(other!.request(update))).rejects.toMatchObject({ code: 'session_changed' });
    expect(ran(other!)).toBe(0);
    expect((await other!.approvals.held()).map(({ state }) => state.phase)).toEqual(['approved']);
  });
});
