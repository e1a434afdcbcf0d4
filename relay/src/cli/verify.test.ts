import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { payloadReader, signersFromFile, vaultFromFile } from '../recording/index.ts';
import { openTestRecord } from '../recording/testing/open-test-record.ts';
import { recordADay } from '../recording/testing/record-a-day.ts';
import type { SessionId } from '../session/index.ts';
import { exportCommand } from './export.ts';
import { listSessionsCommand, showSessionCommand } from './sessions.ts';
import { verifyCommand } from './verify.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
const [store, key, exported] = ['record.db', 'signing.key', 'session.ndjson'].map((name) =>
  join(folder, name),
);
const keys = [`${key}.pub`];
let session: SessionId;
let parts: Parameters<typeof exportCommand>[0];
let kept: Awaited<ReturnType<typeof openTestRecord>>['store'];

beforeAll(async () => {
  const signers = signersFromFile(key!, { create: true });
  const vault = vaultFromFile(join(folder, 'payload.keys'), { create: true });
  const record = await openTestRecord({ path: store!, signers, vault });
  ({ store: kept } = record);
  session = await recordADay(record.recorder);
  parts = { ...record, payloads: payloadReader(record), signer: signers[0] };
  await exportCommand(parts, session, createWriteStream(exported!));
});
afterAll(async () => {
  await kept.close();
  rmSync(folder, { recursive: true });
});

async function run(command: (print: (text: string) => void) => Promise<unknown>) {
  const printed: string[] = [];
  const outcome = await command((text) => printed.push(text));
  return { outcome, printed: printed.join('\n') };
}
const verify = (path: string, json = false) =>
  run((print) => verifyCommand({ what: path, keys, checkpoints: [], json }, print));

it('verifies an export and a store', async () => {
  expect(await verify(exported!)).toEqual({
    outcome: 0,
    printed: expect.stringMatching(
      /^intact: .* 11 events in 1 session, 2 payloads, 1 signed decision, 0 bodies/,
    ),
  });
  expect(await verify(store!)).toEqual({
    outcome: 0,
    printed: expect.stringContaining('13 events in 2 sessions'),
  });
});

it('exits 1 on a tampered export, and names the event', async () => {
  const tampered = join(folder, 'tampered.ndjson');
  writeFileSync(
    tampered,
    readFileSync(exported!, 'utf8').replace('"reason":"it deletes"', '"reason":"it reads"'),
  );
  const { outcome, printed } = await verify(tampered);
  expect(outcome).toBe(1);
  expect(printed).toContain(`altered: session ${session}, event 4: `);
  expect(JSON.parse((await verify(tampered, true)).printed)).toMatchObject({
    intact: false,
    problems: [{ what: 'altered', session, seq: 4 }, {}],
  });
});

it('exports nothing of a session that is not on the record', async () => {
  const none = join(folder, 'none.ndjson');
  const session = '00000000-0000-4000-8000-000000000000' as SessionId;
  await expect(exportCommand(parts, session, createWriteStream(none))).rejects.toMatchObject({
    code: 'session_unknown',
  });
  // The file may not even have been opened.
  expect(existsSync(none) ? readFileSync(none, 'utf8') : '').toBe('');
});

it.each([
  ['a file that is not there', 'nowhere', [`${key}.pub`]],
  ['a private key', 'session.ndjson', [key!]],
])('says so of %s', async (_, path, keys) => {
  const arguments_ = { what: join(folder, path), keys, checkpoints: [], json: false };
  await expect(verifyCommand(arguments_, () => {})).rejects.toMatchObject({ code: 'config_invalid' });
});

it('lists and shows sessions', async () => {
  const list = await run((print) => listSessionsCommand(kept, { filter: { limit: 10 }, json: false }, print));
  expect(list.printed).toContain(
    `${session.slice(0, 8)}  2026-03-01 09:00:00 UTC      11  closed\n  "alice" (alice at issuer.example) with "JavaScript"`,
  );
  const typed = session.slice(0, 8);
  const shown = await run((print) => showSessionCommand(kept, { session: typed, json: false }, print));
  expect(shown.printed.split('\n').filter((line) => /^ {1,3}\d+ {2}2026/.test(line))).toHaveLength(11);
  expect(shown.printed.replaceAll('\n  : ', ' ').replaceAll(/\s+/g, ' ')).toContain(
    'statement "delete from customers where email = \'a@b.example\'"',
  );
  const other = { session: '00000000-0000-4000-8000-000000000000' as SessionId, json: false };
  await expect(showSessionCommand(kept, other, () => {})).rejects.toMatchObject({
    code: 'session_unknown',
  });
});
