import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type ApprovalSummary, decisionBytes, enrolmentBytes } from '@sluice/contract';
import { exportCommand } from '@sluice/relay/cli/export.ts';
import { type Demo, DEMO_POLICY, startDemo } from '@sluice/relay/demo/demo.ts';
import { filesIn, migrations } from '@sluice/relay/main.ts';
import { openRecorder, payloadReader, signersFromFile, vaultFromFile } from '@sluice/relay/recording/index.ts';
import type { SessionId } from '@sluice/relay/session/index.ts';
import { openDatabase } from '@sluice/relay/store/index.ts';
import { apiClient, nextPending } from '../support/api.ts';
import { connectDriver, errorOf } from '../support/driver.ts';

const DAY = 24 * 60 * 60 * 1_000;

/** What a demo relay has recorded, with everything that the format has: for verifiers to agree on. */
export interface DemoRecord {
  readonly data: string;
  readonly store: string;
  /** SubjectPublicKeyInfo in PEM: the first signing key, and the one that followed it. */
  readonly oldKey: string;
  readonly newKey: string;
  /** Taken while the relay ran. */
  readonly kept: object;
  /** By session: exported while the first key signed, and at the end of it all. */
  readonly exports: readonly { readonly name: string; readonly key: string; readonly text: string }[];
}

/** Plays a day with the real driver, then months of retention, a legal hold and a change of the signing key. */
export async function recordDemo(): Promise<DemoRecord> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-format-'));
  const policy = join(folder, 'policy.yaml');
  writeFileSync(policy, readFileSync(DEMO_POLICY, 'utf8').replace('valid_for: 10m', '$&\n    grant_up_to: 1h'));
  const demo = await startDemo({ customers: 200, policy, data: folder });
  const files = filesIn(demo.data);
  const oldKey = readFileSync(`${files.signingKey}.pub`, 'utf8');
  let ended: readonly string[];
  try {
    await playDay(demo);
    const alan = apiClient(demo.relay.url, await demo.tokenFor('alan'));
    const { sessions } = await alan.get<{ sessions: { session: string }[] }>('/api/sessions');
    ended = sessions.map(({ session }) => session);
  } finally {
    await demo.close();
  }
  const fromThen = await reopen(demo.data, 0, async ({ recorder, exportOf }) => {
    const kept = await recorder.checkpoint();
    return { kept, exports: await Promise.all(ended.map(async (session) => exportOf(session))) };
  });
  const [held, ...others] = ended as SessionId[];
  const by = { id: 'x|alan', issuer: 'x', subject: 'alan', name: 'Alan', groups: [], kind: 'person' as const };
  await reopen(demo.data, 40 * DAY, async ({ recorder }) => {
    await recorder.hold(held!, { held: true, by, reason: 'a case' });
    await recorder.applyRetention([{ name: 'results-30-days', afterDays: 30, removes: 'payloads' }]);
  });
  const newKey = rotate(files.signingKey);
  const later = await reopen(demo.data, 100 * DAY, async ({ recorder, exportOf }) => {
    await recorder.applyRetention([{ name: 'bodies-90-days', afterDays: 90, removes: 'bodies' }]);
    return Promise.all([held!, ...others].map(async (session) => exportOf(session)));
  });
  return {
    data: demo.data,
    store: files.database,
    oldKey,
    newKey,
    kept: fromThen.kept,
    exports: [
      ...fromThen.exports.map((text, index) => ({ name: `session ${index}`, key: oldKey, text })),
      ...later.map((text, index) => ({ name: `session ${index}, later`, key: newKey, text })),
      ...later.map((text, index) => ({ name: `session ${index}, later, by the old key`, key: oldKey, text })),
    ],
  };
}

/** Masked, blocked, held, approved with a signature and a grant, denied, by two people. */
async function playDay(demo: Demo): Promise<void> {
  const { url } = demo.relay;
  const ada = await connectDriver(url, await demo.tokenFor('ada'));
  const grace = apiClient(url, await demo.tokenFor('grace'));
  const device = generateKeyPairSync('ed25519');
  const key = device.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const at = new Date().toISOString();
  const proof = signature(enrolmentBytes({ identity: demo.idOf('grace'), key, at }), device.privateKey);
  await grace.post('/api/devices', { key, name: 'laptop', at, proof, vouchedBy: null });

  await ada.run('SELECT ID, NAME, EMAIL FROM CUSTOMERS ORDER BY ID LIMIT 5');
  await ada.run('SELECT ID FROM CUSTOMERS WHERE ID = ?', [7]);
  await errorOf(ada.run('DROP TABLE CUSTOMERS'));
  const approved = ada.run("UPDATE ORDERS SET STATUS = 'checked' WHERE ID = 1");
  await decideSigned(grace, await nextPending(grace), { key, privateKey: device.privateKey });
  await approved;
  const denied = errorOf(ada.run('DELETE FROM ORDERS WHERE ID = 2'));
  await grace.decide(await nextPending(grace), 'deny', 'orders are never deleted');
  await denied;
  await ada.close();
  const alan = await connectDriver(url, await demo.tokenFor('alan'));
  await errorOf(alan.run('SELECT COUNT(*) FROM ORDERS'));
  await alan.close();
}

async function decideSigned(
  approver: ReturnType<typeof apiClient>,
  { id, binding }: ApprovalSummary,
  device: { readonly key: string; readonly privateKey: KeyObject },
): Promise<void> {
  const decision = { binding, verdict: 'approve' as const, comment: 'fine', proposal: null, grantSeconds: 600 };
  const decidedAt = new Date().toISOString();
  const value = signature(decisionBytes({ ...decision, approval: id, decidedAt }), device.privateKey);
  await approver.post(`/api/approvals/${id}/decision`, {
    version: 1,
    ...decision,
    signature: { key: device.key, algorithm: 'Ed25519', value, decidedAt },
  });
}

function signature(bytes: Uint8Array, key: KeyObject): string {
  return sign(null, bytes, key).toString('base64');
}

/** Puts a new signing key above the old one, as an administrator does. */
function rotate(path: string): string {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(path, `${String(pem)}${readFileSync(path, 'utf8')}`);
  return String(publicKey.export({ type: 'spki', format: 'pem' }));
}

async function reopen<Outcome>(
  data: string,
  later: number,
  work: (parts: {
    readonly recorder: Awaited<ReturnType<typeof openRecorder>>;
    readonly exportOf: (session: string) => Promise<string>;
  }) => Promise<Outcome>,
): Promise<Outcome> {
  const files = filesIn(data);
  const database = await openDatabase({ path: join(files.database), migrations });
  const vault = vaultFromFile(files.payloadKey, { create: false });
  const signers = signersFromFile(files.signingKey, { create: false });
  const recorder = await openRecorder({
    database,
    now: () => Date.now() + later,
    random: randomBytes,
    newId: randomUUID,
    vault,
    signers,
    checkpointEvery: { seconds: 3_600, events: 1_000_000 },
    onCheckpointFailed: (error) => {
      throw error;
    },
  });
  const payloads = payloadReader({ database, vault });
  const exportOf = async (session: string) => {
    const pieces: Buffer[] = [];
    const output = new Writable({
      write(piece: Buffer, _, done) {
        pieces.push(piece);
        done();
      },
    });
    await exportCommand(
      { database, payloads, recorder, signer: signers[0] },
      session as SessionId,
      output,
    );
    return Buffer.concat(pieces).toString();
  };
  try {
    return await work({ recorder, exportOf });
  } finally {
    await recorder.close();
    await database.destroy();
  }
}
