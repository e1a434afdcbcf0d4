import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventBody } from '@sluice/contract';
import { afterAll, expect, it } from 'vitest';
import type { Approval } from '../approval/index.ts';
import type { Store } from './index.ts';
import { openTestStore } from './testing/open-test-store.ts';

/** `SLUICE_CRASHES=100` for the long run. */
const CRASHES = Number(process.env['SLUICE_CRASHES'] ?? 5);
const WRITER = join(import.meta.dirname, 'testing', 'decide-until-killed.ts');

const folder = mkdtempSync(join(tmpdir(), 'sluice-unit-'));
const path = join(folder, 'sluice.db');
afterAll(() => rmSync(folder, { recursive: true }));

it(
  `never has a decision on record without its state, nor a state without its event, after ${CRASHES} kills`,
  { timeout: 120_000 + CRASHES * 60_000 },
  async () => {
    let decided = 0;
    for (let crash = 0; crash < CRASHES; crash += 1) {
      const said = await killedAfter(3 + Math.floor(Math.random() * 30));
      const { store, db } = await openTestStore(path);
      const rows = await db.selectFrom('recorded_event').select('body').orderBy('position').execute();
      const bodies = rows.map(({ body }) => JSON.parse(body!) as EventBody);
      const approvals = await allApprovals(store);
      expect(
        differences(bodies, approvals, new Set((await store.grants.live(0)).map(({ id }) => id))),
      ).toEqual([]);
      // Whatever was said to be done is done.
      const used = new Set(
        approvals.filter(({ state }) => state.phase === 'used').map(({ id }) => String(id)),
      );
      expect(said.filter((id) => !used.has(id))).toEqual([]);
      decided = bodies.filter(({ type }) => type === 'approval_decided').length;
      await store.close();
    }
    // A model in which nothing ever happened would have shown nothing.
    expect(decided).toBeGreaterThan(CRASHES * 3);
  },
);

async function allApprovals(store: Store): Promise<readonly Approval[]> {
  return [...(await store.approvals.open()), ...(await store.approvals.ended({ before: 1e15, limit: 1e6 }))];
}

/** What the record says and the state does not, and the other way round. */
function differences(
  bodies: readonly EventBody[],
  approvals: readonly Approval[],
  grants: ReadonlySet<string>,
): readonly string[] {
  const idsOf = (type: 'approval_asked' | 'approval_decided' | 'approval_ended') =>
    bodies.flatMap((body) => (body.type === type ? [body.approval] : []));
  const executed = bodies.flatMap((body) => (body.type === 'executed' ? [body.statement] : []));
  const granted = bodies.flatMap((body) =>
    body.type === 'notice' && body.what === 'grant_given' ? [body.detail['grant']!] : [],
  );
  const inPhase = (...phases: string[]) => approvals.filter(({ state }) => phases.includes(state.phase));
  const pairs: [string, readonly string[], readonly string[]][] = [
    ['asked', idsOf('approval_asked'), approvals.map(({ id }) => id)],
    ['decided', idsOf('approval_decided'), inPhase('approved', 'used').map(({ id }) => id)],
    ['ended', idsOf('approval_ended'), inPhase('approved', 'used').map(({ id }) => id)],
    ['used', executed, inPhase('used').map(({ request }) => request.queryId)],
    ['granted', granted, [...grants]],
  ];
  return pairs.flatMap(([what, recorded, kept]) => {
    const [record, state] = [new Set(recorded), new Set(kept)];
    return [
      ...[...record].filter((id) => !state.has(id)).map((id) => `${what} on record alone: ${id}`),
      ...[...state].filter((id) => !record.has(id)).map((id) => `${what} in the state alone: ${id}`),
    ];
  });
}

/** Kills a writer as soon as it has said so much, while it goes on with the next; answers what it said by then. */
async function killedAfter(lines: number): Promise<readonly string[]> {
  const writer = spawn(process.execPath, [WRITER, path, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(writer, 'close');
  let complaint = '';
  writer.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  let text = '';
  for await (const chunk of writer.stdout) {
    text += String(chunk);
    if (text.split('\n').length > lines) writer.kill('SIGKILL');
  }
  await ended;
  // The last line may have been cut by the kill.
  const said = text.split('\n').slice(0, -1);
  if (said.length < lines) throw new Error(`the writer ended by itself: ${complaint}`);
  return said;
}
