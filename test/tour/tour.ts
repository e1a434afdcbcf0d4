import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Demo, openShop, startDemo } from '@sluice/demo';
import { filesIn } from '../../relay/src/composition/files.ts';
import { runSql } from '../../relay/src/warehouse/embedded/testing.ts';
import { type ApiClient, apiClient, nextPending } from '../support/api.ts';
import { connectDriver, type DriverSession, errorOf } from '../support/driver.ts';
import type { SessionSummary } from '../../relay/src/recording/index.ts';

/** What a day at the demo relay showed: each from what the driver got back and what the record says. */
export interface TourReport {
  readonly masked: boolean;
  readonly blocked: boolean;
  readonly heldThenApproved: boolean;
  readonly heldThenDenied: boolean;
  readonly revoked: boolean;
  readonly recorded: boolean;
  readonly chainVerified: boolean;
}

export type Tell = (line: string) => void;

/** Plays a whole day against a fresh demo relay with the real driver, then stops it. */
export async function playTour(options: { readonly customers: number }, tell: Tell): Promise<TourReport> {
  const demo = await startDemo({ customers: options.customers });
  try {
    const { url } = demo.relay;
    const ada = await connectDriver(url, await demo.tokenFor('ada'));
    const mallory = await connectDriver(url, await demo.tokenFor('mallory'));
    const adasApi = apiClient(url, await demo.decidingTokenFor('ada'));
    const gracesAgent = apiClient(url, await demo.tokenFor('grace'));
    const grace = apiClient(url, await demo.decidingTokenFor('grace'));
    const alan = apiClient(url, await demo.decidingTokenFor('alan'));
    const day = { demo, ada, adasApi, grace, gracesAgent, alan, mallory, tell };
    const masked = await maskedQuery(day, options.customers);
    const blocked = await blockedStatement(day);
    const heldThenApproved = await heldAndApproved(day);
    const heldThenDenied = await heldAndDenied(day);
    const revoked = await revokedPerson(day);
    await ada.close();
    const recorded = await recordedDay(day);
    const chainVerified = await verifiedChain(day);
    return { masked, blocked, heldThenApproved, heldThenDenied, revoked, recorded, chainVerified };
  } finally {
    await demo.close();
  }
}

interface Day {
  readonly demo: Demo;
  readonly ada: DriverSession;
  readonly mallory: DriverSession;
  readonly adasApi: ApiClient;
  readonly grace: ApiClient;
  /** With the token that her agent runs SQL with. */
  readonly gracesAgent: ApiClient;
  readonly alan: ApiClient;
  readonly tell: Tell;
}

const READ = 'SELECT ID, NAME, EMAIL, CARD_NUMBER FROM CUSTOMERS ORDER BY ID LIMIT 5';

/** The rows come, and none of their sensitive values are among them: compared with the shop itself. */
async function maskedQuery({ ada, tell }: Day, customers: number): Promise<boolean> {
  const { rows } = await ada.run(READ);
  tell(`ada reads customers: ${JSON.stringify(rows[0])}`);
  const raw = await rawValues(customers);
  const shown = JSON.stringify(rows);
  return rows.length === 5 && raw.length === 15 && raw.every((value) => !shown.includes(value));
}

/** The same rows from a shop of the same seed that no relay stands before. */
async function rawValues(customers: number): Promise<readonly string[]> {
  const shop = await openShop({ customers });
  const session = await shop.openSession(shop.defaults);
  const { rows } = await runSql(session, READ);
  const values = rows.flatMap((row) => row.slice(1).map(String));
  await shop.close();
  return values;
}

async function blockedStatement({ ada, tell }: Day): Promise<boolean> {
  const error = await errorOf(ada.run('DROP TABLE CUSTOMERS'));
  tell(`ada drops a table: ${error?.message.replaceAll('\n', ' ')}`);
  const { rows } = await ada.run('SELECT COUNT(*) AS N FROM CUSTOMERS');
  return error?.code === '003001' && Number(rows[0]?.['N']) > 0;
}

/** The driver's own call waits; another person says yes; the same call comes back, and the change is made once. */
async function heldAndApproved({ ada, adasApi, grace, gracesAgent, tell }: Day): Promise<boolean> {
  const call = ada.run("UPDATE ORDERS SET STATUS = 'checked' WHERE ID = 1");
  const request = await nextPending(grace);
  tell(`grace is asked: ${request.sentence}`);
  const yes = { version: 1, verdict: 'approve', binding: request.binding };
  const decision = `/api/approvals/${request.id}/decision`;
  const self = await adasApi.statusOf('POST', decision, yes);
  const agent = await gracesAgent.statusOf('POST', decision, yes);
  tell(`ada may not approve it herself (${self}), and grace's own agent may not for her (${agent})`);
  await grace.decide(request, 'approve', 'go ahead');
  const { statement } = await call;
  const { rows } = await ada.run('SELECT STATUS FROM ORDERS WHERE ID = 1');
  tell(`grace approves; ada's call returns, ${statement.getNumUpdatedRows()} row changed`);
  return (
    self === 403 && agent === 403 && statement.getNumUpdatedRows() === 1 && rows[0]?.['STATUS'] === 'checked'
  );
}

async function heldAndDenied({ ada, grace, tell }: Day): Promise<boolean> {
  const call = errorOf(ada.run('DELETE FROM ORDERS WHERE ID = 2'));
  await grace.decide(await nextPending(grace), 'deny', 'orders are never deleted');
  const error = await call;
  tell(`grace denies another: ${error?.message.replaceAll('\n', ' ')}`);
  const { rows } = await ada.run('SELECT COUNT(*) AS N FROM ORDERS WHERE ID = 2');
  return error?.message.includes('orders are never deleted') === true && Number(rows[0]?.['N']) === 1;
}

/** Her open session ends, and her token, which has not expired, opens no other. */
async function revokedPerson({ demo, alan, mallory, tell }: Day): Promise<boolean> {
  const before = await errorOf(mallory.run('SELECT COUNT(*) FROM ORDERS'));
  const token = await demo.tokenFor('mallory');
  await alan.post('/api/revocations', {
    target: { type: 'subject', identity: demo.idOf('mallory') },
    reason: 'her contract has ended',
  });
  const after = await errorOf(mallory.run('SELECT COUNT(*) FROM ORDERS'));
  const again = await errorOf(connectDriver(demo.relay.url, token));
  tell(`alan revokes mallory: ${after?.message.replaceAll('\n', ' ')}`);
  return before === null && after !== null && again !== null;
}

/** Everything of the day is on the record, under who did it, with what was decided. */
async function recordedDay({ demo, alan }: Day): Promise<boolean> {
  const { sessions } = await alan.get<{ sessions: SessionSummary[] }>('/api/sessions');
  const adas = sessions.find(({ person }) => person === demo.idOf('ada'));
  const mallorys = sessions.find(({ person }) => person === demo.idOf('mallory'));
  if (adas === undefined || mallorys === undefined) return false;
  const [ada, mallory] = await Promise.all([alan.events(adas.session), alan.events(mallorys.session)]);
  const effects = new Set(ada.flatMap(({ body }) => (body.type === 'decision' ? [body.effect] : [])));
  const verdicts = ada.flatMap(({ body }) => (body.type === 'approval_decided' ? [body.verdict] : []));
  return (
    (['allow', 'mask', 'ask', 'block'] as const).every((effect) => effects.has(effect)) &&
    verdicts.join() === 'approve,deny' &&
    ada.some(({ body }) => body.type === 'statement' && body.sql === READ) &&
    ada.at(-1)?.body.type === 'closed' &&
    mallory.some(({ body }) => body.type === 'closed' && body.how === 'revoked')
  );
}

/** An export verifies with the public key alone, and stops doing so when one word of it is changed. */
async function verifiedChain({ demo, alan }: Day): Promise<boolean> {
  const { sessions } = await alan.get<{ sessions: SessionSummary[] }>('/api/sessions');
  const session = sessions.find(({ person }) => person === demo.idOf('ada'))?.session;
  if (session === undefined) return false;
  const file = join(demo.data, 'ada.sluice');
  await demo.relay.exportSession(session, createWriteStream(file));
  const intact = verify(demo.data, file);
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace('orders are never deleted', 'orders are always deleted'),
  );
  return intact === 0 && verify(demo.data, file) === 1;
}

function verify(data: string, file: string): number | null {
  const program = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));
  return spawnSync(process.execPath, [program, 'verify', file, '--key', `${filesIn(data).signingKey}.pub`])
    .status;
}
