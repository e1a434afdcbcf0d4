import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ApprovalDecision,
  type ApprovalSummary,
  createRelayClient,
  decisionBytes,
  enrolmentBytes,
  type RelayClient,
} from '@sluice/contract';
import { DEMO_POLICY, demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { identityId } from '@sluice/relay/identity';
import type { Relay } from '@sluice/relay';
import { filesIn } from '../../relay/src/composition/files.ts';
import type { SessionId } from '../../relay/src/session/index.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { type RelayPlace, relayPlace } from '../support/relay-place.ts';

/** What a relay has recorded and exported, and the files of its keys. */
export interface RecordedDay {
  readonly exports: readonly string[];
  /** The newest, and the one before it. */
  readonly publicKeys: readonly string[];
  /** Of all its keys, the newest first. */
  readonly privateKeys: string;
}

/**
 * Lets a relay record, in `folder`, everything that a verifier has a rule for: signed decisions by devices of each kind of
 * enrolment, denials, grants, access that was asked for ahead, payloads, a signing key that was changed. Then exports
 * every session.
 */
export async function recordADay(folder: string): Promise<RecordedDay> {
  const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  const policy = join(folder, 'policy.yaml');
  writeFileSync(policy, policyForSigners());
  const place = await relayPlace(folder, issuer, policy, {
    approvals: { trustFirstDevice: true },
    groups: { security: ['security'], auditors: ['security'] },
  });
  let relay = await place.start(() => {}, { longPollMs: 2_000 });
  try {
    const approvers = await enrolled(place, issuer);
    await morning(place, issuer, approvers);
    await relay.close();
    changeSigningKey(filesIn(folder).signingKey);
    relay = await place.start(() => {}, { longPollMs: 2_000 });
    await afternoon(place, issuer, approvers);
    const { signingKey: privateKeys } = filesIn(folder);
    return {
      exports: await exportAll(relay, place, issuer, folder),
      publicKeys: publicKeysOf(privateKeys),
      privateKeys,
    };
  } finally {
    await relay.close();
    await issuer.close();
  }
}

/** Two people have to agree, on their devices, to what the demo's policy asks one person about. */
function policyForSigners(): string {
  return readFileSync(DEMO_POLICY, 'utf8').replace(
    'access_up_to: 4h',
    'access_up_to: 4h\n    signed: true\n    needed: 2\n    grant_up_to: 1h',
  );
}

interface Approvers {
  readonly grace: Approver;
  readonly alan: Approver;
}

async function morning(place: RelayPlace, issuer: LocalIssuer, { grace, alan }: Approvers): Promise<void> {
  const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
  await ada.run('SELECT ID, NAME, EMAIL, CARD_NUMBER FROM CUSTOMERS ORDER BY ID LIMIT 5');
  await ada.run('SELECT ID, CITY FROM CUSTOMERS WHERE ID = ? OR CITY = ?', [3, 'Zürich']);
  await errorOf(ada.run('DROP TABLE CUSTOMERS'));
  const update = ada.run("UPDATE ORDERS SET STATUS = 'späť 🚲' WHERE ID = 1");
  const request = await heldRequest(grace);
  await decide(grace, request, {
    verdict: 'approve',
    comment: 'go ahead',
    mostRows: 1,
    grantSeconds: 600,
    grantRows: 5,
  });
  await decide(alan, request, {
    verdict: 'approve',
    comment: 'mir recht',
    mostRows: 1,
    grantSeconds: 900,
    grantRows: 7,
  });
  await update;
  await ada.run("UPDATE ORDERS SET STATUS = 'granted' WHERE ID = 2");
  const remove = errorOf(ada.run('DELETE FROM ORDERS WHERE ID = 2'));
  const second = await heldRequest(grace);
  await decide(grace, second, { verdict: 'deny', comment: 'never', proposal: 'SELECT 1' });
  await remove;
  await ada.close();
}

async function afternoon(place: RelayPlace, issuer: LocalIssuer, before: Approvers): Promise<void> {
  const { alan } = before;
  const grace = await replaced(issuer, before.grace, alan);
  const adas = createRelayClient({ url: place.url, token: await issuer.tokenFor('ada') });
  const ask = async (sql: string) => {
    const asked = await adas.access.ask({
      body: {
        version: 1,
        sql,
        purpose: 'ticket 4711',
        seconds: 900,
        rows: 1,
        rowsInAll: 3,
        program: { application: 'JavaScript', protocol: 'snowflake' },
      },
    });
    if (!('kind' in asked)) throw new Error('nobody is asked');
    return asked;
  };
  const asked = await ask("UPDATE ORDERS SET STATUS = 'lost' WHERE ID = 1");
  await decide(grace, asked, { verdict: 'approve', comment: 'this afternoon' });
  await decide(alan, asked, {
    verdict: 'approve',
    comment: 'mir recht',
    mostRows: 1,
    grantSeconds: 600,
    grantRows: 2,
  });
  const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
  await ada.run("UPDATE ORDERS SET STATUS = 'found' WHERE ID = 4");
  await ada.close();
  await decide(grace, await ask('DELETE FROM ORDERS WHERE ID = 5'), { verdict: 'deny', comment: 'never' });
  const cancelled = await ask('DELETE FROM ORDERS WHERE ID = 6');
  await adas.access.cancel({ params: { id: cancelled.id } });
}

/** Every session, and the relay's own, which bears the log's name. */
async function exportAll(
  relay: Relay,
  place: RelayPlace,
  issuer: LocalIssuer,
  folder: string,
): Promise<readonly string[]> {
  const alan = createRelayClient({ url: place.url, token: await issuer.decidingTokenFor('alan') });
  const exported = async (session: string) => {
    const file = join(folder, `${session}.sluice`);
    await relay.exportSession(session as SessionId, createWriteStream(file));
    return file;
  };
  const files: string[] = [];
  for (const { session } of await listed(alan)) files.push(await exported(session));
  const [head = ''] = readFileSync(files[0]!, 'utf8').split('\n');
  const { log } = JSON.parse(head) as { readonly log: string };
  return [...files, await exported(log)];
}

/** A relay on a busy machine may say that its record could not be read in time. */
async function listed(
  relay: RelayClient,
): Promise<Awaited<ReturnType<RelayClient['sessions']['list']>>['sessions']> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await relay.sessions.list()).sessions;
    } catch (error) {
      if (tries === 20) throw error;
    }
  }
}

interface Approver {
  readonly relay: RelayClient;
  readonly key: string;
  readonly privateKey: KeyObject;
}

/** Each has a first device; Alan a second one, for which the first vouches. */
async function enrolled(place: RelayPlace, issuer: LocalIssuer): Promise<Approvers> {
  const relayOf = async (person: string) =>
    createRelayClient({ url: place.url, token: await issuer.decidingTokenFor(person) });
  const grace = await enrol(issuer, 'grace', await relayOf('grace'));
  const first = await enrol(issuer, 'alan', await relayOf('alan'));
  return { grace, alan: await enrol(issuer, 'alan', first.relay, first) };
}

async function enrol(
  issuer: LocalIssuer,
  person: string,
  relay: RelayClient,
  vouching?: Approver,
): Promise<Approver> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const at = new Date().toISOString();
  const bytes = enrolmentBytes({ identity: identityId(issuer.trusted.issuer, person), key, at });
  const signed = (by: KeyObject) => sign(null, bytes, by).toString('base64');
  const vouchedBy = vouching ? { key: vouching.key, signature: signed(vouching.privateKey) } : null;
  await relay.devices.enrol({ body: { key, name: `${person}'s`, at, proof: signed(privateKey), vouchedBy } });
  return { relay, key, privateKey };
}

/** A new device in the place of a lost one, on another person's word. */
async function replaced(issuer: LocalIssuer, lost: Approver, other: Approver): Promise<Approver> {
  const found = await enrol(issuer, 'grace', lost.relay);
  const [request] = (await other.relay.devices.requests()).requests;
  if (request === undefined) throw new Error('nobody asks for a word');
  await other.relay.devices.vouch({ params: { id: request.id }, body: { comment: 'compared by telephone' } });
  return found;
}

async function heldRequest({ relay }: Approver): Promise<ApprovalSummary> {
  for (;;) {
    const { approvals } = await relay.approvals.list();
    const found = approvals.find(({ phase }) => phase === 'asked');
    if (found !== undefined) return found;
    await new Promise((resolve) => {
      setTimeout(resolve, 30);
    });
  }
}

async function decide(
  { relay, key, privateKey }: Approver,
  { id, binding }: ApprovalSummary,
  what: Partial<ApprovalDecision> & Pick<ApprovalDecision, 'verdict' | 'comment'>,
): Promise<void> {
  const said = { proposal: null, mostRows: null, grantSeconds: null, grantRows: null, ...what };
  const decidedAt = new Date().toISOString();
  const value = sign(null, decisionBytes({ binding, approval: id, ...said, decidedAt }), privateKey).toString(
    'base64',
  );
  const signature = { key, algorithm: 'Ed25519', value, decidedAt } as const;
  await relay.approvals.decide({ params: { id }, body: { version: 1, binding, ...said, signature } });
}

/** Puts a new key before the old one. */
function changeSigningKey(path: string): void {
  const { privateKey } = generateKeyPairSync('ed25519');
  const fresh = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(path, fresh.toString() + readFileSync(path, 'utf8'));
}

function publicKeysOf(path: string): readonly string[] {
  const pems = readFileSync(path, 'utf8')
    .split(/(?<=-----END PRIVATE KEY-----\n)/)
    .filter((pem) => pem !== '');
  return pems.map((pem, index) => {
    const file = `${path}.${index}.pub`;
    writeFileSync(file, createPublicKey(pem).export({ type: 'spki', format: 'pem' }));
    return file;
  });
}
