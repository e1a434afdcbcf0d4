import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { compareLeave, type Grant } from '../../relay/src/approval/index.ts';
import { grantDigest } from '../../relay/src/approval/grant-story.ts';
import { ada, answer, deleteRequest, holdNow, owners, person } from '../../relay/src/approval/testing.ts';
import { addedRow } from '../support/attacker.ts';
import { type Forger, startForger } from '../support/forger.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../support/postgres.ts';

/** Somebody who writes to the database, and has no key of the relays: into the table of grants. */
const programs = postgresPrograms();
let postgres: Postgres;
beforeAll(async () => {
  if (programs !== null) postgres = await startPostgres(programs);
});
afterAll(async () => await postgres?.close());

const [olga] = owners;
const eve = person('eve', ['analysts']);
const terms = { grantUpToSeconds: 1800 };

describe.each(['SQLite', 'PostgreSQL'])('a grant, on %s,', (kind) => {
  let at: Forger;
  beforeEach(async ({ skip }) => {
    if (kind === 'PostgreSQL' && programs === null) skip('PostgreSQL is not installed here');
    at = await startForger(kind === 'PostgreSQL' ? postgres : null);
  });

  const give = async (grantRows = 20) => {
    const request = deleteRequest(ada, terms);
    const { id, approval } = await holdNow(at.desk(), request);
    const vote = { mostRows: 5, grantSeconds: 600, grantRows };
    await at.desk().approvals.decide(olga, id, answer(approval, 'approve', vote));
    const [grant] = await at.desk().grants.list(ada);
    return grant!;
  };
  const use = async (by = ada) => {
    const used = await at
      .desk()
      .store.transaction((tx) => at.desk().grants.use(tx, deleteRequest(by, terms)));
    if (used === null) return null;
    return {
      ...used,
      settle: (hit: number) => at.desk().store.transaction((tx) => used.settle(tx, hit)),
      confirm: () => at.desk().store.transaction((tx) => used.confirm(tx)),
    };
  };
  const outcome = async (by = ada) => {
    const found = await at.isFound('approval_grant');
    const used = await use(by);
    const listed = await at.desk().grants.list(by);
    return { found, used, listed, told: at.refused.includes('grant_refused') };
  };
  const REFUSED = { found: true, used: null, listed: [], told: true };

  it('is used as it was given, in the commit that gives it and after a restart', async () => {
    await give();
    const used = await use();
    await used!.settle(2);
    await used!.confirm();
    await at.restart();
    expect(await compareLeave(at.desk().store, at.clock.now)).toEqual([]);
    expect((await use())!.rows).toBe(5);
    await at.desk().grants.revoke(ada, (await at.desk().grants.list(ada))[0]!.id);
    expect(await use()).toBeNull();
    expect(at.refused).toEqual([]);
  });

  it('that nobody gave', async () => {
    const { id } = await give();
    const row = await at.rowOf('approval_grant', id);
    const forged = { ...row.content, id: randomUUID(), requester: eve };
    await at.add('approval_grant', { ...row, id: forged.id, requester: eve.id, content: forged });
    expect(await outcome(eve)).toEqual(REFUSED);
  });

  it('that says of itself that another was given', async () => {
    const { id } = await give();
    const row = await at.rowOf('approval_grant', id);
    const forged = { ...row.content, requester: eve };
    await at.run(`DELETE FROM approval_grant WHERE id = '${id}'`);
    await at.add('approval_grant', { ...row, requester: eve.id, content: forged });
    expect(await outcome(eve)).toEqual(REFUSED);
  });

  it('that lasts longer, by what it is or by the column that it is found by', async () => {
    const { id, expiresAt } = await give();
    const later = expiresAt + 3_600_000;
    await at.change('approval_grant', id, { expires_at: later });
    at.clock.now = expiresAt;
    expect(await use()).toBeNull();
    expect(await at.desk().grants.list(ada)).toEqual([]);
    await at.change('approval_grant', id, { expires_at: later }, { expiresAt: later });
    expect(await outcome()).toEqual(REFUSED);
  });

  it.each([
    ['rows of each statement', { rows: 1_000_000 }],
    ['who gave it', { givenBy: [] }],
    ['what it covers', { bounds: {} }],
    ['where it is on the record', { seq: 0 }],
    ['a place that is none', { seq: -5 }],
    ['no place', { seq: null }],
    ['another session', { session: randomUUID() }],
    ['what is no session', { session: {} }],
  ])('with other %s', async (_, content) => {
    const { id } = await give();
    await at.change('approval_grant', id, {}, content);
    expect(await outcome()).toEqual(REFUSED);
  });

  it('with more rows left than the record leaves it, also when another session used them', async () => {
    const { id } = await give(10);
    await (await use())!.settle(5);
    await (await use())!.settle(4);
    await at.change('approval_grant', id, { rows_left: 6 });
    expect(await outcome()).toEqual(REFUSED);
    await at.restart();
    expect(await outcome()).toEqual(REFUSED);
  });

  it('that was taken back', async () => {
    const { id } = await give();
    await at.desk().grants.revoke(ada, id);
    await at.change('approval_grant', id, { revoked_at: null });
    expect(await outcome()).toEqual(REFUSED);
  });

  it('that was taken back, with the event that says so gone', async () => {
    const { id } = await give();
    await at.desk().grants.revoke(ada, id);
    await at.removeEvent(await at.newestPosition());
    await at.change('approval_grant', id, { revoked_at: null });
    expect(await outcome()).toEqual(REFUSED);
  });

  it('that was taken back, with the event that says so gone from between others', async () => {
    const { id, session } = await give();
    await at.desk().grants.revoke(ada, id);
    const revoked = await at.newestPosition();
    await at.recorder().append(session, { type: 'prompt', text: 'go on', source: 'extension' });
    await at.removeEvent(revoked);
    await at.change('approval_grant', id, { revoked_at: null });
    expect(await outcome()).toEqual(REFUSED);
  });

  it('that was taken back, with the event that says so rewritten, and others behind it', async () => {
    const { id, session } = await give();
    await at.desk().grants.revoke(ada, id);
    const revoked = await at.newestPosition();
    await at.recorder().append(session, { type: 'prompt', text: 'go on', source: 'extension' });
    await at.run(
      `UPDATE recorded_event SET body = replace(body, 'grant_revoked', 'grant_praised') WHERE position = ${revoked}`,
    );
    await at.change('approval_grant', id, { revoked_at: null });
    expect(await outcome()).toEqual(REFUSED);
  });

  it('that was taken back, with the body of the event that says so gone', async () => {
    const { id } = await give();
    await at.desk().grants.revoke(ada, id);
    await at.run(
      `UPDATE recorded_event SET body = NULL, salt = NULL WHERE position = ${await at.newestPosition()}`,
    );
    await at.change('approval_grant', id, { revoked_at: null });
    expect(await outcome()).toEqual(REFUSED);
  });

  it('with an event that says that it was given, which no relay wrote', async () => {
    const { id, session } = await give();
    const row = await at.rowOf('approval_grant', id);
    const [last] = await at.run(
      `SELECT * FROM recorded_event WHERE session = '${session}' ORDER BY seq DESC LIMIT 1`,
    );
    const newest = { ...last, seq: Number(last!['seq']) } as unknown as Parameters<typeof addedRow>[0];
    const position = (await at.newestPosition()) + 1;
    const forged = { ...row.content, id: randomUUID(), requester: eve, seq: newest.seq + 1 } as unknown;
    const detail = { grant: (forged as Grant).id, digest: grantDigest(forged as Grant), rowsInAll: '20' };
    const event = addedRow(newest, { type: 'notice', what: 'grant_given', detail });
    await at.add('recorded_event', { position, ...event, mac: '0'.repeat(32) });
    await at.run(`UPDATE recorded_log SET size = ${position + 1}`);
    await at.add('approval_grant', { ...row, id: detail.grant, requester: eve.id, content: forged });
    expect(await outcome(eve)).toEqual(REFUSED);
  });

  it('that is taken back while a statement is about to run under it', async () => {
    const { id } = await give();
    const used = await use();
    await at.desk().grants.revoke(ada, id);
    await at.change('approval_grant', id, { revoked_at: null });
    await expect(used!.confirm()).rejects.toMatchObject({ code: 'approval_void' });
  });
});
