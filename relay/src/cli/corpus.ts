import { readFileSync } from 'node:fs';
import { SluiceError } from '../errors.ts';
import { type StatementFamily, split } from '@sluice/snowflake-sql';
import { unaccounted } from '@sluice/snowflake-sql/analysis';

/** `sluice corpus FILE.ndjson [--failures] [--json]`: measures how much of a body of SQL is understood. */
export interface CorpusArguments {
  /** One JSON object per line, with `id` and `sql`; a text may contain several statements. */
  readonly path: string;
  /** Prints each text that was refused, and why. */
  readonly failures: boolean;
  readonly json: boolean;
}

/** What `--json` prints. Times are milliseconds per text. */
export interface CorpusReport extends Counts {
  readonly byKind: Readonly<Record<StatementFamily, Counts>>;
  readonly msMedian: number;
  readonly msP99: number;
  readonly failures?: readonly CorpusFailure[];
}

export interface Counts {
  readonly statements: number;
  readonly parsed: number;
  readonly refused: number;
  readonly crashed: number;
}

export interface CorpusFailure {
  readonly id: string;
  readonly kind: string;
  readonly reason: string;
}

/**
 * @returns the exit code: 0 unless a text crashed the parser.
 * @throws SluiceError `config_invalid` if the file is not a corpus.
 */
export function corpusCommand(options: CorpusArguments, print: (text: string) => void): number {
  const report = measureCorpus(readCorpus(options.path));
  const { failures: _, ...rest } = report;
  if (options.json) print(JSON.stringify(options.failures ? report : rest, null, 2));
  else print(asText(report, options.failures));
  return report.crashed === 0 ? 0 : 1;
}

interface CorpusText {
  readonly id: string;
  readonly sql: string;
}

function readCorpus(path: string): CorpusText[] {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SluiceError('config_invalid', `the file \`${path}\` cannot be read`, { cause: error });
  }
  return content
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [corpusText(line, index + 1)]));
}

function corpusText(line: string, number: number): CorpusText {
  const advice = 'Each line is a JSON object with the strings `id` and `sql`.';
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new SluiceError('config_invalid', `line ${number} is not JSON`, { advice, cause: error });
  }
  if (
    typeof value !== 'object' ||
    value === null ||
    !('id' in value && typeof value.id === 'string') ||
    !('sql' in value && typeof value.sql === 'string')
  ) {
    throw new SluiceError('config_invalid', `line ${number} lacks \`id\` or \`sql\``, { advice });
  }
  return { id: value.id, sql: value.sql };
}

type Outcome = 'parsed' | 'refused' | 'crashed';

/** Parses every text. A statement whose tree does not contain all of its tokens counts as refused. */
export function measureCorpus(texts: readonly CorpusText[]): CorpusReport {
  const total = noCounts();
  const byKind: Record<StatementFamily, Counts> = {
    query: noCounts(),
    dml: noCounts(),
    ddl: noCounts(),
    copy: noCounts(),
    scripting: noCounts(),
    admin: noCounts(),
  };
  const failures: CorpusFailure[] = [];
  const times: number[] = [];
  const count = (family: StatementFamily | null, outcome: Outcome): void => {
    addTo(total, outcome);
    if (family !== null) addTo(byKind[family], outcome);
  };
  for (const { id, sql } of texts) {
    const started = performance.now();
    try {
      const { statements, failure } = split(sql);
      times.push(performance.now() - started);
      for (const statement of statements) {
        const { family, name } = statement.kind;
        const held = unaccounted(statement).length === 0;
        count(family, held ? 'parsed' : 'refused');
        if (!held) failures.push({ id, kind: name, reason: 'the tree does not hold every token' });
      }
      if (failure !== null) {
        count(failure.kind.family, 'refused');
        const reason = `${failure.line}:${failure.column}: ${failure.message}`;
        failures.push({ id, kind: failure.kind.name, reason });
      }
    } catch (thrown) {
      count(null, 'crashed');
      failures.push({ id, kind: 'unknown', reason: `crashed: ${String(thrown)}` });
    }
  }
  times.sort((a, b) => a - b);
  return { ...total, byKind, msMedian: quantile(times, 0.5), msP99: quantile(times, 0.99), failures };
}

function noCounts(): Counts {
  return { statements: 0, parsed: 0, refused: 0, crashed: 0 };
}

function addTo(counts: { -readonly [Key in keyof Counts]: number }, outcome: Outcome): void {
  counts.statements++;
  counts[outcome]++;
}

function quantile(sorted: readonly number[], share: number): number {
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return Math.round((sorted[index] ?? 0) * 1e4) / 1e4;
}

function asText(report: CorpusReport, withFailures: boolean): string {
  const row = (name: string, { statements, parsed, refused, crashed }: Counts): string =>
    [
      name.padEnd(10),
      ...[statements, parsed, refused, crashed].map((value) => String(value).padStart(10)),
    ].join('');
  const lines = [
    ['', 'statements', 'parsed', 'refused', 'crashed'].map((head) => head.padStart(10)).join(''),
    row('all', report),
    ...Object.entries(report.byKind).map(([family, counts]) => row(family, counts)),
    `median ${report.msMedian} ms, 99th percentile ${report.msP99} ms a text`,
  ];
  if (withFailures)
    lines.push(...(report.failures ?? []).map(({ id, kind, reason }) => `${id} (${kind}) ${reason}`));
  return lines.join('\n');
}
