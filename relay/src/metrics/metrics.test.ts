import { randomUUID } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import { afterEach, expect, it } from 'vitest';
import { createMetrics, type Metrics, type MetricSources } from './index.ts';

const START = Date.parse('2026-03-01T09:00:00.000Z');
let now = START;
let metrics: Metrics | null = null;
afterEach(() => metrics?.close());

const sources: MetricSources = {
  events: async () => 120,
  bytes: async () => 4_096,
  checkpoint: async () => ({ size: 100, at: '2026-03-01T08:59:30.000Z' }),
  isSound: () => true,
  patrolledAt: () => START - 60_000,
  witnesses: () => [
    { name: 'bucket', size: 100, due: 100, takenAt: START - 30_000, failures: 0 },
    { name: 'siem', size: 40, due: 100, takenAt: null, failures: 7 },
  ],
  retention: async () => ({
    run: { finishedAt: '2026-03-01T03:00:10.000Z', problem: null, rules: [{ bodies: 3, payloads: 2 }] },
  }),
  held: async () => 2,
};

function created() {
  now = START;
  metrics?.close();
  const made = createMetrics(() => now);
  metrics = made;
  const at = (ms: number) => new Date(START + ms).toISOString();
  return {
    made,
    record: (body: EventBody, ms = 0) => made.recorded({ at: at(ms), body }),
    /** By name and labels. */
    async read(of: MetricSources = sources) {
      const text = await made.text(of);
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      return Object.fromEntries(
        lines.map((line) => {
          const cut = line.lastIndexOf(' ');
          return [line.slice(0, cut), Number(line.slice(cut + 1))];
        }),
      );
    },
  };
}

const [statement, approval] = [randomUUID(), randomUUID()];
const asked = {
  type: 'statement',
  statement,
  requestId: 'r',
  sql: "SELECT 'very secret'",
  binds: null,
  state: { database: null, schema: null, warehouse: null, role: null },
  describeOnly: false,
} satisfies EventBody;

it('counts what is recorded, and how long it took', async () => {
  const { record, read } = created();
  record(asked);
  record({ type: 'approval_asked', approval } as EventBody, 100);
  record({ type: 'approval_ended', statement, approval, how: 'denied' }, 40_100);
  record({ type: 'error', statement, code: 'approval_denied', message: 'very secret' }, 40_200);
  record({ type: 'error', statement: randomUUID(), code: 'very secret', message: 'very secret' });
  record({ type: 'error', statement: null, code: 'constructor', message: 'very secret' });
  expect(await read()).toMatchObject({
    'sluice_events_recorded_total{type="statement"}': 1,
    'sluice_events_recorded_total{type="error"}': 3,
    'sluice_statement_errors_total{code="approval_denied"}': 1,
    'sluice_statement_errors_total{code="other"}': 2,
    'sluice_statement_seconds_count{outcome="error"}': 1,
    'sluice_statement_seconds_sum{outcome="error"}': 40.2,
    'sluice_approval_seconds_bucket{le="30",how="denied"}': 0,
    'sluice_approval_seconds_bucket{le="60",how="denied"}': 1,
  });
});

it('says how the record, its witnesses and retention stand', async () => {
  const { made, read } = created();
  made.refused('rate_limited');
  made.refused('rate_limited');
  made.committed(0.004, 'committed');
  made.liveChannelOpened();
  made.liveChannelOpened();
  made.liveChannelClosed();
  expect(await read()).toMatchObject({
    sluice_record_events: 120,
    sluice_record_bytes: 4_096,
    sluice_record_unsigned_events: 20,
    sluice_checkpoint_age_seconds: 30,
    sluice_record_contradicted: 0,
    'sluice_witness_behind_events{witness="bucket"}': 0,
    'sluice_witness_behind_events{witness="siem"}': 60,
    'sluice_witness_taken_timestamp_seconds{witness="bucket"}': START / 1_000 - 30,
    'sluice_witness_failures_total{witness="siem"}': 7,
    sluice_retention_finished_timestamp_seconds: Date.parse('2026-03-01T03:00:10.000Z') / 1_000,
    sluice_retention_failed: 0,
    'sluice_retention_announced{what="bodies"}': 3,
    sluice_approvals_held: 2,
    'sluice_refused_total{code="rate_limited"}': 2,
    'sluice_commit_seconds_count{outcome="committed"}': 1,
    sluice_live_channels: 1,
    'sluice_event_loop_delay_seconds{quantile="0.99"}': expect.any(Number) as number,
    process_resident_memory_bytes: expect.any(Number) as number,
  });
});

it('says when the log was read last, and before that when the relay was started', async () => {
  const { read } = created();
  const name = 'sluice_record_patrolled_timestamp_seconds';
  expect((await read({ ...sources, patrolledAt: () => null }))[name]).toBe(START / 1_000);
  now += 2_000;
  expect((await read())[name]).toBe(START / 1_000 - 60);
});

it('leaves out what cannot be read, and says the rest', async () => {
  const { read } = created();
  const gone = () => Promise.reject(new Error('very secret'));
  const found = await read({
    ...sources,
    isSound: () => false,
    events: gone,
    bytes: gone,
    retention: gone,
  });
  expect(found).toMatchObject({ sluice_record_contradicted: 1, sluice_approvals_held: 2 });
  expect(JSON.stringify(found)).not.toContain('secret');
});

it('asks the database once a second at most, and counts on', async () => {
  const { read } = created();
  let count = 0;
  const counted = {
    ...sources,
    events: async () => {
      count += 1;
      return 120;
    },
  };
  await Promise.all(Array.from({ length: 20 }, () => read(counted)));
  expect(count).toBe(1);
  now += 1_000;
  // What is read from elsewhere is not added up.
  expect(await read(counted)).toMatchObject({ 'sluice_witness_failures_total{witness="siem"}': 7 });
  expect(count).toBe(2);
});

it('has no label from outside a closed set', async () => {
  const { made, record, read } = created();
  record(asked);
  record({ type: 'error', statement, code: 'x"} 1\n', message: '' });
  made.refused('token_invalid');
  const names = Object.keys(await read()).flatMap((line) =>
    [...line.matchAll(/(\w+)="/g)].map(([, name]) => name),
  );
  expect(new Set(names)).toEqual(new Set(['type', 'code', 'outcome', 'witness', 'what', 'quantile', 'le']));
});

it('is one for each relay', async () => {
  const one = created();
  one.made.refused('token_invalid');
  const other = createMetrics(() => now);
  expect(await other.text(sources)).not.toContain('token_invalid');
  other.close();
});
