import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { doctorCommand } from '../../relay/src/cli/doctor.ts';
import { relayBeforeRelay } from './relay-before-relay.ts';

/** The account is another relay, over an embedded warehouse: it has no Arrow, no history and nothing to wait for. */
let relays: Awaited<ReturnType<typeof relayBeforeRelay>>;
beforeAll(async () => {
  relays = await relayBeforeRelay();
}, 120_000);
afterAll(() => relays.close());

async function doctor(config: string) {
  const lines: { what: string; problem: string | null }[] = [];
  const code = await doctorCommand({ config, json: true, upstream: true }, (line) =>
    lines.push(JSON.parse(line) as (typeof lines)[number]),
  );
  return {
    code,
    problems: new Map(lines.map(({ what, problem }) => [what.replace('Snowflake: ', ''), problem])),
  };
}

it('tries everything that the relay does on an account, and goes on after what fails', async () => {
  const { code, problems } = await doctor(relays.config);
  expect(code).toBe(1);
  // What only Snowflake has: SYSTEM$WAIT, its own history; and Arrow, which not every account of a test gives.
  const fails = [...problems].filter(([, problem]) => problem !== null).map(([what]) => what);
  expect(fails.filter((what) => what !== 'a query in Arrow')).toEqual([
    'a statement is cancelled',
    'Snowflake’s history shows the query tag',
  ]);
  expect(problems.size).toBe(16);
});

it('says what to do when the account refuses the credential', async () => {
  const settings = JSON.parse(await readFile(relays.config, 'utf8')) as {
    warehouse: { credential: { token: { file: string } } };
  };
  const { file } = settings.warehouse.credential.token;
  const token = await readFile(file);
  await writeFile(file, 'nobody');
  const { code, problems } = await doctor(relays.config);
  await writeFile(file, token);
  expect(code).toBe(1);
  expect([...problems.keys()]).toEqual(['sign-in (accessToken)']);
  expect(problems.get('sign-in (accessToken)')).toContain('token');
});
