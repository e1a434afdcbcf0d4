import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DEMO_POLICY } from '@sluice/demo';
import { runCli } from '../../relay/src/cli/cli.ts';
import { doctorCommand } from '../../relay/src/cli/doctor.ts';
import { filesIn } from '../../relay/src/composition/files.ts';
import { identityId } from '@sluice/relay/identity';
import { apiClient, nextPending } from '../support/api.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { issuerAndPostgres } from '../support/issuer-and-postgres.ts';
import { relayOnPostgres, twoRelaysOnPostgres } from '../support/relays-on-postgres.ts';
import { signIn, type WireAnswer } from '../support/wire.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { issuer, hasPostgres, postgres } = issuerAndPostgres();
const folder = temporaryFolder();
let url: string;

describe('relays on PostgreSQL', () => {
  beforeEach(async ({ skip }) => {
    if (!hasPostgres) skip('PostgreSQL is not installed here');
    url = await postgres().newDatabase();
  });

  it('hold, restart, run and prove as one with SQLite does', async () => {
    const { place, data } = await relayOnPostgres(folder, url, issuer());
    const reached: string[] = [];
    const start = () => place.start(({ sql }) => void reached.push(sql), { longPollMs: 2_000 });
    const first = await start();
    const ada = await connectDriver(place.url, await issuer().tokenFor('ada'));
    expect((await ada.run('SELECT EMAIL FROM CUSTOMERS WHERE ID = 1')).rows).toHaveLength(1);
    const update = "UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7";
    const call = ada.run(update);
    const grace = apiClient(place.url, await issuer().decidingTokenFor('grace'));
    const asked = await nextPending(grace);
    await first.close();
    const second = await start();
    await grace.decide(asked, 'approve', 'after the restart');
    expect((await call).statement.getNumUpdatedRows()).toBe(1);
    expect(reached.filter((sql) => sql === update)).toHaveLength(1);
    const session = (await second.store.index.sessions({ limit: 1 }))[0]!.session;
    await ada.close();
    await second.close();

    const key = `${filesIn(data).signingKey}.pub`;
    const file = join(data, 'session.sluice');
    expect(await runCli(['export', session, '--config', place.config, '-o', file])).toBe(0);
    expect(await runCli(['verify', file, '--key', key])).toBe(0);
    expect(await runCli(['verify', '--config', place.config, '--key', key])).toBe(0);
    expect(await runCli(['sessions', 'show', session, '--config', place.config])).toBe(0);
    // Whoever holds the database changes what was recorded.
    await postgres().query(
      url,
      "UPDATE recorded_event SET body = replace(body, 'ORDERS', 'OTHERS') WHERE type = 'statement'",
    );
    expect(await runCli(['verify', '--config', place.config, '--key', key])).toBe(1);
    // Where the store is stands in no file but the one that is for it.
    const told = readdirSync(data).filter((name) => /\.(sluice|yaml)$/.test(name));
    for (const name of told) expect(readFileSync(join(data, name), 'utf8')).not.toContain('its-password');
    const bodies = await postgres().query(
      url,
      "SELECT body FROM recorded_event WHERE body LIKE '%its-password%'",
    );
    expect(bodies).toEqual([]);
  });

  it('are of one mind: what is decided and who is revoked at one holds at the other', async () => {
    const [here, there] = await twoRelaysOnPostgres(folder, url, issuer());
    const ada = await connectDriver(here.place.url, await issuer().tokenFor('ada'));
    const call = ada.run("UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7");
    const grace = apiClient(there.place.url, await issuer().decidingTokenFor('grace'));
    await grace.decide(await nextPending(grace), 'approve', 'at the other');
    expect((await call).statement.getNumUpdatedRows()).toBe(1);

    const held = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'more' WHERE ID = 8"));
    await nextPending(grace);
    const alan = apiClient(there.place.url, await issuer().decidingTokenFor('alan'));
    const identity = identityId(issuer().issuer, 'ada');
    await alan.post('/api/revocations', { target: { type: 'subject', identity }, reason: 'left' });
    expect((await held)?.message).toMatch(/revoked|ended|cancelled/);
    expect((await errorOf(ada.run('SELECT 1')))?.message).toMatch(/revoked|ended/);
    const again = connectDriver(here.place.url, await issuer().tokenFor('ada'));
    expect((await errorOf(again))?.message).toContain('revoked');
  });

  it('go on with one session, and say of what cannot be moved where it is', async () => {
    const [here, there] = await twoRelaysOnPostgres(folder, url, issuer());
    const wire = await signIn(here.place.url, await issuer().tokenFor('ada'));
    const elsewhere = (sqlText: string) =>
      wire.post(`${there.place.url}/queries/v1/query-request?requestId=${randomUUID()}`, { sqlText });
    const rowsOf = ({ message, data }: WireAnswer) => data?.['rowset'] ?? message;
    expect(rowsOf(await elsewhere('SELECT CURRENT_SCHEMA()'))).toEqual([['PUBLIC']]);
    await wire.query('USE SCHEMA SCRATCH');
    await wire.query("SET V = 'it''s'");
    expect(rowsOf(await elsewhere('SELECT CURRENT_SCHEMA(), $V'))).toEqual([['SCRATCH', "it's"]]);
    await elsewhere('USE SCHEMA PUBLIC');
    await elsewhere("SET V = 'other'");
    expect(rowsOf(await wire.query('SELECT CURRENT_SCHEMA(), $V'))).toEqual([['PUBLIC', 'other']]);

    expect((await wire.query('CREATE TEMPORARY TABLE SCRATCH.OWN AS SELECT 1 AS ID')).message).toBeNull();
    expect(await elsewhere('SELECT 1')).toMatchObject({
      code: '000710',
      message: expect.stringContaining('the temporary table SHOP.SCRATCH.OWN at another relay'),
    });
    expect(rowsOf(await wire.query('SELECT ID FROM SCRATCH.OWN'))).toEqual([['1']]);
    await wire.query('DROP TABLE SCRATCH.OWN');
    expect(rowsOf(await elsewhere('SELECT $V'))).toEqual([['other']]);
    // A value that was computed is nowhere written down; it ends with the relay that has it.
    await wire.query('SET V = (SELECT MAX(ID) FROM ORDERS)');
    expect((await elsewhere('SELECT 1')).message).toContain('the variable $V at another relay');
    const kept = await postgres().query(url, 'SELECT context FROM session WHERE context IS NOT NULL');
    expect(JSON.stringify(kept)).toContain('the variable $V');
    await here.relay.close();
    expect(rowsOf(await elsewhere('SELECT CURRENT_SCHEMA()'))).toEqual([['PUBLIC']]);
    expect((await elsewhere('SELECT $V')).success).toBe(false);
  });

  it('decide by one policy: where its file is another, a relay decides nothing, and says so', async () => {
    const [here, there] = await twoRelaysOnPostgres(folder, url, issuer());
    const ada = await connectDriver(there.place.url, await issuer().tokenFor('ada'));
    await ada.run('SELECT 1');
    const ready = async () => await (await fetch(`${there.place.url}/readyz`)).json();
    expect(await ready()).toEqual({ ready: true, lacks: [] });

    const newer = `${readFileSync(DEMO_POLICY, 'utf8')}\n# reviewed\n`;
    writeFileSync(here.policy, newer);
    await expect.poll(ready).toEqual({ ready: false, lacks: ['policy'] });
    expect((await errorOf(ada.run('SELECT 1')))?.message).toContain('not the one in force');
    const told: string[] = [];
    await doctorCommand({ config: there.place.config, json: false }, (text) => told.push(text));
    expect(told).toContainEqual(expect.stringMatching(/^✗ policy in force: .*bring it up to date/));
    writeFileSync(there.policy, newer);
    await expect.poll(ready).toEqual({ ready: true, lacks: [] });
    await ada.run('SELECT 1');
  });
});
