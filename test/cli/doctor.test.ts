import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { openAttacker } from '../support/attacker.ts';
import { freePort } from '../support/free-port.ts';
import { runSluice } from '../support/run-sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { recordedPlace } from './recorded-place.ts';

const folder = temporaryFolder();
let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
});
afterAll(() => issuer.close());

const SECRET = `whsec_${'c2VjcmV0'.repeat(4)}`;

interface Line {
  readonly what: string;
  readonly problem: string | null;
  readonly accepted: boolean;
}
type Place = Awaited<ReturnType<typeof recordedPlace>>;
async function checked({ config }: Place) {
  const { code, out } = await runSluice(['doctor', '--config', config, '--json']);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const of = (begin: string) => lines.find(({ what }) => what.startsWith(begin));
  return { code, lines, of };
}

it('looks at the record beside a running relay, and while it is stopped', async () => {
  const place = await recordedPlace(folder, issuer, {
    retention: { rules: [{ name: 'results', removes: 'payloads', afterDays: 90 }] },
  });
  const beside = await checked(place);
  expect(beside.of('a relay runs on the data folder')).toMatchObject({ problem: null });
  expect(beside.of('port ')).toMatchObject({ problem: null });
  expect(beside.of('newest checkpoint: of ')).toMatchObject({ problem: null });
  // New rules: a run that was due already was refused, and one that was not has not been. Neither is wrong.
  expect(beside.of('retention: ')).toMatchObject({
    problem: expect.stringMatching(/on the record for a day/) as string,
    accepted: true,
  });
  for (const what of ['record', 'clock', 'keys', 'disk space', 'legal holds: 0 sessions']) {
    expect(beside.of(what)).toMatchObject({ problem: null });
  }
  expect((await (await place.as('alan'))('hold', 'set', place.session, '--reason', 'case 12')).code).toBe(0);
  expect((await checked(place)).of('legal holds: 1 sessions')).toBeDefined();
  await place.stop();
  const stopped = await checked(place);
  expect(stopped.of('no relay runs on the data folder')).toMatchObject({ problem: null });
  expect(stopped.of('newest checkpoint: of ')).toMatchObject({ problem: null });
  expect(stopped.code).toBe(beside.code);
});

it.each<[string, (place: Place) => void, string, string]>([
  ['keys that others can read', ({ files }) => chmodSync(files.payloadKey, 0o644), 'keys', 'chmod 600'],
  [
    'a clock behind the newest checkpoint',
    ({ files }) => later(files.database),
    'clock',
    'behind the newest checkpoint',
  ],
  [
    'events that nobody has signed',
    ({ files }) => attack(files.database, 'DELETE FROM recorded_checkpoint WHERE size > 1'),
    'newest checkpoint',
    'the relay signs them when it starts',
  ],
  [
    'an older store than was signed',
    ({ files }) => {
      attack(
        files.database,
        'DELETE FROM recorded_event WHERE position > 3; UPDATE recorded_log SET size = 4',
      );
    },
    'record',
    'acknowledged',
  ],
  [
    'a contradiction that the relay has found',
    ({ files }) => {
      const head = JSON.parse(readFileSync(files.signedHead, 'utf8')) as object;
      const contradiction = { at: '2026-11-22T00:00:00.000Z', why: 'event 3 is gone' };
      writeFileSync(files.signedHead, JSON.stringify({ ...head, contradiction }));
    },
    'record',
    'nothing runs until a copy is restored',
  ],
])('finds %s', async (_, spoil, what, problem) => {
  const place = await recordedPlace(folder, issuer);
  await place.stop();
  spoil(place);
  const { code, of } = await checked(place);
  expect(of(what)).toMatchObject({ problem: expect.stringContaining(problem) as string });
  expect([1, of(what)?.accepted === true ? code : 1]).toContain(code);
});

it('finds a witness that does not answer', async () => {
  const place = await recordedPlace(folder, issuer, {
    witnesses: [
      { kind: 'webhook', name: 'siem', url: `http://127.0.0.1:${await freePort()}/`, secret: SECRET },
    ],
  });
  await expect
    .poll(async () => (await checked(place)).of('witness siem')?.problem, { timeout: 60_000 })
    .toMatch(/ECONNREFUSED, since .*: see whether it runs/);
});

it('ends with 1 for a configuration that it cannot read, and 2 without one', async () => {
  expect((await runSluice(['doctor', '--config', '/nowhere'])).code).toBe(1);
  expect((await runSluice(['doctor'])).code).toBe(2);
});

function attack(path: string, sql: string): void {
  const attacker = openAttacker(path);
  attacker.run(sql);
  attacker.close();
}

/** The newest checkpoint says that it is of tomorrow. */
function later(path: string): void {
  const at = new Date(Date.now() + 86_400_000).toISOString();
  attack(
    path,
    `UPDATE recorded_checkpoint SET at = '${at}' WHERE size = (SELECT MAX(size) FROM recorded_checkpoint)`,
  );
}
