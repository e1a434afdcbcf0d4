import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type CorpusReport, corpusCommand } from './corpus.ts';

const directory = mkdtempSync(join(tmpdir(), 'sluice-corpus-'));
afterAll(() => rmSync(directory, { recursive: true }));

function run(path: string, failures = true): { code: number; report: CorpusReport } {
  const printed: string[] = [];
  const code = corpusCommand({ path, failures, json: true }, (text) => printed.push(text));
  return { code, report: JSON.parse(printed.join('\n')) as CorpusReport };
}

function corpus(...lines: readonly string[]): string {
  const path = join(directory, 'corpus.ndjson');
  writeFileSync(path, lines.join('\n'));
  return path;
}

test('counts statements by family, and names what was refused', () => {
  const { code, report } = run(
    corpus(
      '{"id": "a", "sql": "select 1; delete from t"}',
      '',
      '{"id": "b", "sql": "create table t (a int) frobnicate"}',
    ),
  );
  expect(code).toBe(0);
  expect(report).toMatchObject({
    statements: 3,
    parsed: 2,
    refused: 1,
    crashed: 0,
    byKind: { query: { parsed: 1 }, dml: { parsed: 1 }, ddl: { statements: 1, parsed: 0, refused: 1 } },
    failures: [
      { id: 'b', kind: 'create_table', reason: expect.stringContaining('1:24: expected') as string },
    ],
  });
});

test('leaves failures out unless asked', () => {
  expect(run(corpus('{"id": "a", "sql": "select"}'), false).report).not.toHaveProperty('failures');
});

test.each(['{"id": "a"}', 'select 1', 'null'])('a line that is no corpus text is an error: %s', (line) => {
  expect(() => run(corpus(line))).toThrow(/line 1/);
});

describe.each([
  ['sqlfluff-snowflake.ndjson', { queries: 0.99, all: 0.95 }],
  ['tpc.ndjson', { queries: 1, all: 1 }],
])('%s', (name, floor) => {
  const path = fileURLToPath(new URL(`../../../../shared/corpora/${name}`, import.meta.url));

  test.skipIf(!existsSync(path))('is understood as far as promised', () => {
    const { report } = run(path);
    const { query, dml } = report.byKind;
    expect(report.crashed).toBe(0);
    expect((query.parsed + dml.parsed) / (query.statements + dml.statements)).toBeGreaterThanOrEqual(
      floor.queries,
    );
    expect(report.parsed / report.statements).toBeGreaterThanOrEqual(floor.all);
    expect(report.failures?.filter(({ kind }) => kind === 'unknown')).toEqual([]);
  });
});
