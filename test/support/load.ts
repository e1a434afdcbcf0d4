import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiClient } from './api.ts';
import { connectDriver, type DriverSession } from './driver.ts';

/** What clients of a relay were told: each of it must be on the record, whatever happens to the relay. */
export interface Told {
  readonly statements: ToldStatement[];
  readonly decisions: { readonly approval: string; readonly verdict: 'approve' | 'deny' }[];
}

export interface ToldStatement {
  /** The relay's id of the statement. */
  readonly statement: string;
  readonly requestId: string | null;
  readonly phase: 'held' | 'succeeded' | 'failed';
  readonly code: string | null;
}

/** Somebody who keeps a relay busy until `signal` aborts, whatever becomes of the relay meanwhile. */
export interface Client {
  readonly url: string;
  readonly token: string;
  readonly random: () => number;
  readonly told: Told;
  readonly signal: AbortSignal;
}

/** Sends statements over the HTTP API; what got no answer is sent again under the same request id. */
export async function keepAsking(client: Client): Promise<void> {
  while (!client.signal.aborted) {
    const order = { sql: someStatement(client.random), requestId: randomUUID(), wait: 2 };
    await untilAnswered(client, order);
  }
}

/** Runs statements with the real driver, signing in again when its session is lost. */
export async function keepDriving(client: Client): Promise<void> {
  while (!client.signal.aborted) {
    const session = await connectDriver(client.url, client.token).catch(() => null);
    if (session === null) await sleep(100);
    else await drive(session, client);
  }
}

/** Until the session is lost. */
async function drive(session: DriverSession, { random, told, signal }: Client): Promise<void> {
  while (!signal.aborted) {
    try {
      const { statement } = await session.run(someStatement(random));
      const id = statement.getQueryId();
      told.statements.push({ statement: id, requestId: null, phase: 'succeeded', code: null });
    } catch (error) {
      if (!isRefusal(error)) return;
    }
  }
}

/** Approves most of what waits and denies the rest. */
export async function keepDeciding({ url, token, random, told, signal }: Client): Promise<void> {
  const approver = apiClient(url, token);
  while (!signal.aborted) {
    for (const request of await approver.pending().catch(() => [])) {
      const verdict = random() < 0.8 ? 'approve' : 'deny';
      const decided = await approver.decide(request, verdict, 'looked at it').catch(() => null);
      if (decided !== null) told.decisions.push({ approval: request.id, verdict });
    }
    await sleep(20);
  }
}

/** Of every kind of fate: masked, plain, held, blocked, in a place of one's own, and not understood. */
function someStatement(random: () => number): string {
  const number = Math.floor(random() * 1_000_000);
  const id = number % 50;
  const statements = [
    `SELECT ID, NAME, EMAIL FROM CUSTOMERS WHERE ID <> ${number}`,
    `SELECT COUNT(*) AS N${number} FROM ORDERS`,
    `UPDATE ORDERS SET STATUS = 's${number}' WHERE ID = ${id}`,
    `DELETE FROM SUPPORT_TICKETS WHERE ID = ${number}`,
    `CREATE TABLE SCRATCH.T${number} (N NUMBER)`,
    `DROP TABLE CUSTOMERS -- ${number}`,
    `SELEC ${number}`,
  ];
  return statements[Math.floor(random() * statements.length)]!;
}

/** The answer to POST and GET /api/statements, as far as it matters here. */
interface View {
  readonly id: string;
  readonly phase: 'submitted' | 'held' | 'running' | 'succeeded' | 'failed';
  readonly error?: { readonly code: string };
}

interface Order {
  readonly sql: string;
  readonly requestId: string;
  readonly wait: number;
}

async function untilAnswered(client: Client, order: Order): Promise<void> {
  const api = apiClient(client.url, client.token);
  let view: View | null = null;
  while (!client.signal.aborted) {
    try {
      view =
        view === null
          ? await api.post<View>('/api/statements', order)
          : await api.get<View>(`/api/statements/${view.id}?wait=2`);
    } catch {
      // No answer: the relay may have got it, or not. The same request id makes asking again harmless.
      view = null;
      await sleep(20);
      continue;
    }
    const { id, phase, error } = view;
    if (phase === 'submitted' || phase === 'running') continue;
    const { requestId } = order;
    client.told.statements.push({ statement: id, requestId, phase, code: error?.code ?? null });
    if (phase !== 'held') return;
  }
}

/** The relay's own answer, as against no answer at all. */
function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'sqlState' in error && error.sqlState !== undefined;
}
