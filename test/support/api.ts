import type { ApprovalSummary, SessionEvent } from '@sluice/contract';
import { createAnswerCheck } from './check-answer.ts';

const checkAnswer = createAnswerCheck();

/** The relay's HTTP API as a person's program uses it. */
export interface ApiClient {
  get<Body>(path: string): Promise<Body>;
  post<Body>(path: string, body: unknown): Promise<Body>;
  /** For what should be refused. */
  statusOf(method: string, path: string, body: unknown): Promise<number>;
  pending(): Promise<readonly ApprovalSummary[]>;
  decide(request: ApprovalSummary, verdict: 'approve' | 'deny', comment: string): Promise<ApprovalSummary>;
  /** A session's events from the first to the last. */
  events(session: string): Promise<readonly SessionEvent[]>;
}

export function apiClient(url: string, token: string): ApiClient {
  const call = async (method: string, path: string, body?: unknown) =>
    await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const read = async (method: string, path: string, body?: unknown) => {
    const response = await call(method, path, body);
    const text = await response.text();
    checkAnswer(method, path, response, text);
    if (!response.ok) throw new Error(`${response.status}: ${text}`);
    return text;
  };
  const client: ApiClient = {
    get: async (path) => JSON.parse(await read('GET', path)),
    post: async (path, body) => JSON.parse(await read('POST', path, body)),
    statusOf: async (method, path, body) => (await call(method, path, body)).status,
    pending: async () => (await client.get<{ approvals: ApprovalSummary[] }>('/api/approvals')).approvals,
    decide: ({ id, binding }, verdict, comment) =>
      client.post(`/api/approvals/${id}/decision`, { version: 1, verdict, binding, comment }),
    async events(session) {
      const text = await read('GET', `/api/sessions/${session}/events`);
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as SessionEvent);
    },
  };
  return client;
}

/** The first request that waits for this approver, as soon as there is one. */
export async function nextPending(approver: ApiClient): Promise<ApprovalSummary> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    // One that was approved stays in the list until it has run: until then it may be taken back.
    const request = (await approver.pending()).find(({ phase }) => phase === 'asked');
    if (request !== undefined) return request;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error('nothing was held');
}
