import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type { EventBody, IdentitySummary } from '@sluice/contract';
import type { Kysely } from 'kysely';
import type { SessionId } from '../../session/index.ts';
import { openDatabase } from '../../store/index.ts';
import { openRecorder, recordingMigrations, type RecordingOptions, signerOf, vaultOf } from '../index.ts';

export type TestRecord = Awaited<ReturnType<typeof openTestRecord>>;

/** A record of its own, in memory unless a path is given, on a clock that the test moves. */
export async function openTestRecord(given: Partial<RecordingOptions> & { readonly path?: string } = {}) {
  const clock = { now: Date.parse('2026-03-01T09:00:00.000Z') };
  const database: Kysely<unknown> =
    given.database ??
    (await openDatabase({ path: given.path ?? ':memory:', migrations: recordingMigrations }));
  const options: RecordingOptions = {
    database,
    now: () => clock.now,
    random: randomBytes,
    newId: randomUUID,
    vault: vaultOf(new Map([['test', randomBytes(32)]])),
    signers: [newSigner()],
    checkpointEvery: { seconds: 3_600, events: 1_000_000 },
    onCheckpointFailed: (error) => {
      throw error;
    },
    // A test may end before the index does.
    onIndexFailed: () => {},
    ...given,
  };
  return { ...options, clock, recorder: await openRecorder(options) };
}

export function newSigner() {
  return signerOf(generateKeyPairSync('ed25519').privateKey);
}

export function newSession(): SessionId {
  return randomUUID() as SessionId;
}

export function identity(name: string): IdentitySummary {
  const issuer = 'https://issuer.example';
  return { id: `${issuer}|${name}`, issuer, subject: name, name, groups: ['analysts'], kind: 'person' };
}

const state = { database: 'SHOP', schema: 'PUBLIC', warehouse: null, role: 'ANALYST' };

export function opened(name: string): EventBody {
  const client = { application: 'JavaScript', version: '2.0.0', protocol: 'snowflake' as const };
  return {
    type: 'opened',
    identity: identity(name),
    client: { ...client, address: '10.0.0.7', agent: 'copilot' },
    state,
  };
}

export function statement(sql: string, id: string = randomUUID()): EventBody {
  return {
    type: 'statement',
    statement: id,
    requestId: randomUUID(),
    sql,
    binds: null,
    state,
    describeOnly: false,
  };
}

export function result(statement: string, payloads: readonly string[]): EventBody {
  return {
    type: 'result',
    statement,
    columns: [{ name: 'EMAIL', type: 'text', masked: true }],
    rows: 1,
    bytes: 11,
    complete: true,
    payloads: [...payloads],
    recordedRows: 1,
  };
}
