import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    events: { type: 'string' },
    rows: { type: 'string' },
    postgres: { type: 'boolean', default: false },
    record: { type: 'string' },
  },
});
const rows = values.rows === undefined ? {} : { rows: Number(values.rows) };
const made = values.record === undefined ? {} : { made: values.record };
const events = values.events === undefined ? {} : { events: Number(values.events) };

/** `npm run -s bench -- NAME [--json] [--events N] [--rows N] [--postgres] [--record FOLDER]`: runs one benchmark and prints what it measured. */
const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  activation: async () => (await import('./activation.ts')).activation,
  approvals: async () => (await import('./approvals.ts')).approvals,
  bounded: async () => (await import('./bounded.ts')).bounded,
  catalog: async () => (await import('./catalog.ts')).catalog,
  console: async () => {
    const { consoleBench } = await import('./console.ts');
    return () => consoleBench(events);
  },
  decision: async () => (await import('./decision.ts')).decision,
  detectors: async () => (await import('./detectors.ts')).detectors,
  latency: async () => (await import('./latency.ts')).latency,
  record: async () => {
    const { record } = await import('./record.ts');
    const { postgresPlace } = await import('./record-place.ts');
    return () => record({ ...events, ...made, ...(values.postgres ? { place: postgresPlace } : {}) });
  },
  rows: async () => (await import('./rows.ts')).rows,
  statement: async () => (await import('./statement.ts')).statement,
  stream: async () => {
    const { stream } = await import('./stream.ts');
    return () => stream(rows);
  },
};

const [name = ''] = positionals;
const load = benchmarks[name];
if (load === undefined) {
  console.error(`unknown benchmark \`${name}\`; there are: ${Object.keys(benchmarks).join(', ')}`);
  process.exitCode = 2;
} else {
  const report = await (await load())();
  if (values.json) console.log(JSON.stringify(report));
  else {
    console.table(report.figures);
    console.table(report.ratios);
  }
}
