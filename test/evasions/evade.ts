import type { ApiClient } from '../support/api.ts';
import type { Attempt } from './attempt.ts';

/** What became of a statement, as the API shows it. */
export interface View {
  readonly id: string;
  readonly phase: 'submitted' | 'running' | 'held' | 'succeeded' | 'failed';
  readonly rows?: readonly (readonly (string | null)[])[];
}

/** Sends the statements of an attempt, one after the other. What is asked about is not waited for. */
export async function evade(client: ApiClient, { name, sql }: Attempt): Promise<readonly View[]> {
  const outcomes: View[] = [];
  for (const statement of sql) outcomes.push(await send(client, statement, name.slice(0, 150)));
  return outcomes;
}

async function send(client: ApiClient, sql: string, agent: string): Promise<View> {
  let view = await client.post<View>('/api/statements', { sql, agent, wait: 0.5 });
  while (view.phase === 'submitted' || view.phase === 'running') {
    view = await client.get<View>(`/api/statements/${view.id}?wait=5`);
  }
  if (view.phase === 'held') await client.statusOf('DELETE', `/api/statements/${view.id}`, undefined);
  return view;
}

/** Refused, or asked about; or what came back was masked. A question is answered not even by which rows come back. */
export function wasStopped(group: string, outcomes: readonly View[]): boolean {
  const isStopped = outcomes.some(({ phase }) => phase === 'failed' || phase === 'held');
  const last = outcomes.at(-1);
  if (QUESTIONS.has(group)) return last?.phase === 'failed' || last?.phase === 'held';
  return isStopped || /\*\*\*|"\*"|tok_|null/.test(JSON.stringify(last?.rows ?? []));
}

/** Whose answer would be which rows there are, or whether there is one. */
const QUESTIONS: ReadonlySet<string> = new Set(['predicates', 'rows', 'byValues', 'failing']);
