import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type { EventBody, IdentitySummary } from '@sluice/contract';
import type { SessionId } from '../../session/index.ts';
import type { Store, StoreTransaction } from '../../store/index.ts';
import { openTestStore, type TestStore } from '../../store/testing/open-test-store.ts';
import {
  headInMemory,
  highWaterInMemory,
  openRecorder,
  type RecordingOptions,
  signerOf,
  vaultOf,
} from '../index.ts';

export type TestRecord = Awaited<ReturnType<typeof openTestRecord>>;

/** Opens a separate record for a test, in memory unless a path is given, with a clock that the test controls. */
export async function openTestRecord(given: Partial<TestRecordOptions> = {}) {
  const clock = { now: Date.parse('2026-03-01T09:00:00.000Z') };
  const beneath = given.beneath ?? (await openTestStore(given.path));
  const options: RecordingOptions<StoreTransaction> & { readonly store: Store } = {
    now: () => clock.now,
    random: randomBytes,
    newId: randomUUID,
    vault: vaultOf(new Map([['test', keyOf(given.path)]])),
    signers: [newSigner()],
    heads: headInMemory(),
    highWater: highWaterInMemory(),
    patrolEveryMs: null,
    onContradicted: () => {},
    checkpointEvery: { seconds: 3_600, events: 1_000_000 },
    onCheckpointFailed: (error) => {
      throw error;
    },
    // A test may end before the index does.
    onIndexFailed: () => {},
    ...given,
    store: beneath.store,
  };
  return { ...options, beneath, db: beneath.db, clock, recorder: await openRecorder(options) };
}

/** A record in a file always gets the same key, so that it can be reopened. */
function keyOf(path: string | undefined): Uint8Array {
  return path === undefined ? randomBytes(32) : createHash('sha256').update(path).digest();
}

interface TestRecordOptions extends Omit<RecordingOptions<StoreTransaction>, 'store'> {
  readonly path: string;
  /** An existing store to use. */
  readonly beneath: TestStore;
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
