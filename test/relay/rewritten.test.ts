import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { openAttacker } from '../support/attacker.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
});
afterAll(() => issuer.close());

it('neither signs nor runs anything once its record was rewritten, and does not start again', async () => {
  const place = await relayPlace(folder, issuer);
  const ran: string[] = [];
  const relay = await place.start(({ sql }) => void ran.push(sql));
  const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
  await ada.run("SELECT 'regretted'");
  const [listed] = await relay.store.index.sessions({ limit: 1 });
  const exported = () => relay.exportSession(listed!.session, new PassThrough().resume());
  await exported();
  await ada.run("SELECT 'later'");

  const attacker = openAttacker(join(folder, 'sluice.db'));
  attacker.rewrite(attacker.find("SELECT 'regretted'"), 'regretted', 'harmless');
  attacker.rebuildSubtrees();
  attacker.run('DELETE FROM recorded_checkpoint');
  attacker.close();

  await expect(exported()).rejects.toMatchObject({ code: 'record_contradicted' });
  const before = ran.length;
  expect(await errorOf(ada.run("SELECT 'after'"))).toMatchObject({
    message: expect.stringContaining('nothing runs') as string,
  });
  expect(ran.length).toBe(before);
  const ready = await fetch(`${place.url}/readyz`);
  expect(await ready.json()).toEqual({ ready: false, lacks: ['record'] });
  await relay.close();
  await expect(place.start(() => {})).rejects.toMatchObject({ code: 'record_contradicted' });
});
