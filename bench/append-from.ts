import { randomUUID } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import type { Recorder } from '../relay/src/recording/index.ts';

/** So many sessions, each appending its next event as soon as the one before is durable. */
export async function appendFrom(
  recorder: Pick<Recorder, 'append'>,
  sessions: number,
  milliseconds: number,
  isStopped: () => boolean = () => false,
) {
  const latencies: number[] = [];
  const start = performance.now();
  const client = async () => {
    const session = randomUUID() as Parameters<Recorder['append']>[0];
    while (performance.now() - start < milliseconds && !isStopped()) {
      for (const body of statementEvents()) {
        const before = performance.now();
        await recorder.append(session, body);
        latencies.push(performance.now() - before);
      }
    }
  };
  await Promise.all(Array.from({ length: sessions }, client));
  return { latencies, perSecond: (latencies.length * 1_000) / (performance.now() - start) };
}

/** What an ordinary masked query leaves on the record. */
function statementEvents(): EventBody[] {
  const statement = randomUUID();
  return [
    {
      type: 'statement',
      statement,
      requestId: randomUUID(),
      sql: "select id, email, card from customers where country = 'CH' order by id limit 100",
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
      outputs: ['ID', 'EMAIL', 'CARD'].map((name) => ({
        name,
        sources: [`SHOP.PUBLIC.CUSTOMERS.${name}`],
        unresolved: false,
      })),
      problem: null,
    },
    {
      type: 'decision',
      statement,
      effect: 'mask',
      rule: 'analysts-read-masked',
      reason: 'analysts read customers masked',
      sentence: 'Analysts may read customers with personal data masked.',
      range: { start: 0, end: 6 },
      policyVersion: 'bench',
      masks: [{ output: 1, method: 'redact', because: 'pii' }],
    },
    { type: 'executed', statement },
    {
      type: 'result',
      statement,
      columns: ['ID', 'EMAIL', 'CARD'].map((name) => ({ name, type: 'text', masked: name !== 'ID' })),
      rows: 100,
      bytes: 4_000,
      complete: true,
      payloads: [],
      recordedRows: 0,
    },
  ];
}
