import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { openAttacker } from '../support/attacker.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const [added, rewritten] = [temporaryFolder(), temporaryFolder()];
let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
});
afterAll(() => issuer.close());

it('neither signs nor runs anything once somebody has added a statement that nobody sent', async () => {
  const relay = await aRelayThatRan(added, "SELECT 'sent'");

  const attacker = openAttacker(join(added, 'sluice.db'));
  attacker.append(relay.session, {
    type: 'statement',
    statement: randomUUID(),
    requestId: randomUUID(),
    sql: "SELECT 'never sent'",
    binds: null,
    state: { database: null, schema: null, warehouse: null, role: null },
    describeOnly: false,
  });
  attacker.close();

  await relay.refuses();
  await expect(relay.startAgain()).rejects.toMatchObject({ code: 'record_contradicted' });
});

it('neither signs nor runs anything once its record was rewritten, and does not start again', async () => {
  const relay = await aRelayThatRan(rewritten, "SELECT 'regretted'");
  await relay.ada.run("SELECT 'later'");

  const attacker = openAttacker(join(rewritten, 'sluice.db'));
  attacker.rewrite(attacker.find("SELECT 'regretted'"), 'regretted', 'harmless');
  attacker.rebuildSubtrees();
  attacker.run('DELETE FROM recorded_checkpoint');
  attacker.close();

  await relay.refuses();
  const ready = await fetch(`${relay.url}/readyz`);
  expect(await ready.json()).toEqual({ ready: false, lacks: ['record'] });
  await expect(relay.startAgain()).rejects.toMatchObject({ code: 'record_contradicted' });
});

/** A relay on this folder that has run a statement, and signed it. */
async function aRelayThatRan(folder: string, sql: string) {
  const place = await relayPlace(folder, issuer);
  const ran: string[] = [];
  const relay = await place.start(({ sql }) => void ran.push(sql));
  const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
  await ada.run(sql);
  const [listed] = await relay.store.index.sessions({ limit: 1 });
  const { session } = listed!;
  const exported = () => relay.exportSession(session, new PassThrough().resume());
  await exported();
  return {
    url: place.url,
    ada,
    session,
    /** It exports nothing, and runs nothing. */
    async refuses() {
      await expect(exported()).rejects.toMatchObject({ code: 'record_contradicted' });
      const before = ran.length;
      expect(await errorOf(ada.run("SELECT 'after'"))).toMatchObject({
        message: expect.stringMatching(/nothing runs/i) as string,
      });
      expect(ran.length).toBe(before);
    },
    async startAgain() {
      await relay.close();
      return place.start(() => {});
    },
  };
}
