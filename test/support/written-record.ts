import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { EventBody } from '@sluice/contract';
import { openStore } from '@sluice/relay/store';
import { filesIn } from '../../relay/src/composition/files.ts';
import {
  headFile,
  highWaterFile,
  openRecorder,
  type Recording,
  signersFromFile,
  vaultFromFile,
} from '../../relay/src/recording/index.ts';
import { opened } from '../../relay/src/recording/testing/open-test-record.ts';
import type { SessionId } from '../../relay/src/session/index.ts';

/**
 * Writes sessions into a data folder through the recorder itself, thousands of events a commit, with the keys that a relay
 * finds there when it starts: what a driver would take an hour for.
 *
 * @param sessions by the name of who opened each, and how many statements it has: five events each, one of a hundred of them blocked.
 */
export async function writeSessions(
  data: string,
  sessions: readonly { readonly name: string; readonly statements: number }[],
): Promise<readonly SessionId[]> {
  const clock = { now: Date.now() - 3_600_000 };
  const { recorder, close } = await openRecordIn(data, clock);
  const rows = await recorder.keep(Buffer.from(ROWS));
  const ids: SessionId[] = [];
  let waiting: { session: SessionId; body: EventBody }[] = [];
  const write = async () => {
    await recorder.transaction(async (tx: Recording) => {
      for (const { session, body } of waiting) {
        clock.now += 7;
        await tx.record(session, body);
      }
    });
    waiting = [];
  };
  for (const { name, statements } of sessions) {
    const session = randomUUID() as SessionId;
    ids.push(session);
    const bodies: EventBody[] = [opened(name)];
    for (let number = 0; number < statements; number += 1) bodies.push(...statementEvents(number, rows));
    bodies.push({ type: 'closed', how: 'client' });
    for (const body of bodies) {
      waiting.push({ session, body });
      if (waiting.length >= A_COMMIT) await write();
    }
  }
  await write();
  await close();
  return ids;
}

/**
 * The recorder of a data folder, with the keys that a relay finds there when it starts.
 *
 * @returns `close` makes a checkpoint before it closes.
 */
export async function openRecordIn(data: string, clock: { readonly now: number }) {
  const files = filesIn(data);
  const fail = (error: unknown) => {
    throw error;
  };
  const now = () => clock.now;
  const store = await openStore({ kind: 'sqlite' }, { database: files.database }, { now, onError: fail });
  const recorder = await openRecorder({
    store,
    now,
    random: randomBytes,
    newId: randomUUID,
    vault: vaultFromFile(files.payloadKey, { create: true }),
    signers: signersFromFile(files.signingKey, { create: true }),
    heads: headFile(files.signedHead),
    highWater: highWaterFile(files.highWater),
    patrolEveryMs: null,
    onContradicted: fail,
    checkpointEvery: { seconds: 3_600, events: Infinity },
    onCheckpointFailed: fail,
    onIndexFailed: fail,
  });
  return {
    recorder,
    async close() {
      await recorder.checkpoint();
      await recorder.close();
      await store.close();
    },
  };
}

const A_COMMIT = 2_000;
const ROWS = Array.from({ length: 50 }, (_, row) => JSON.stringify([String(row), `tok_${row}`])).join(',');

function statementEvents(number: number, rows: string): EventBody[] {
  const statement = randomUUID();
  const isBlocked = number % 100 === 99;
  const before: EventBody[] = [
    {
      type: 'statement',
      statement,
      requestId: randomUUID(),
      sql: `select id, email from customers where country = 'CH' and id > ${number} order by id limit 50`,
      binds: null,
      state: { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' },
      describeOnly: false,
    },
    {
      type: 'understanding',
      statement,
      understood: true,
      kind: { family: 'query', name: 'SELECT' },
      objects: [{ type: 'table', name: 'SHOP.PUBLIC.CUSTOMERS', access: 'read' }],
      outputs: ['ID', 'EMAIL'].map((name) => ({
        name,
        sources: [`SHOP.PUBLIC.CUSTOMERS.${name}`],
        unresolved: false,
      })),
      problem: null,
    },
    {
      type: 'decision',
      statement,
      effect: isBlocked ? 'block' : 'mask',
      rule: isBlocked ? 'uses' : 'analysts-read-masked',
      reason: 'analysts read customers masked',
      sentence: 'Analysts may read customers with personal data masked.',
      range: { start: 0, end: 6 },
      policyVersion: 'test',
      masks: [{ output: 1, method: 'token', because: 'pii.email' }],
    },
  ];
  if (isBlocked) {
    return [
      ...before,
      { type: 'blocked', statement, rule: 'uses', reason: 'a use of a masked column' },
      { type: 'error', statement, code: 'blocked', message: 'the policy blocks this statement' },
    ];
  }
  return [
    ...before,
    { type: 'executed', statement },
    {
      type: 'result',
      statement,
      encoding: 'json',
      columns: [
        { name: 'ID', type: 'fixed', masked: false },
        { name: 'EMAIL', type: 'text', masked: true },
      ],
      rows: 50,
      bytes: ROWS.length,
      complete: true,
      payloads: [rows],
      recordedRows: 50,
    },
  ];
}

/** Of a data folder, the key that its record is signed with. */
export function publicKeyIn(data: string): string {
  return join(data, 'signing-key.pem.pub');
}
