import { beforeEach, expect, it } from 'vitest';
import { chunksOf } from '../encoding/testing.ts';
import { SluiceError, type ErrorCode } from '../errors.ts';
import type { StatementOutcome } from '../gate.ts';
import { type ScriptLimits, SCRIPT_LIMITS } from './limits.ts';
import { runScript } from './run-script.ts';
import type { SendStatement } from './run.ts';

let sent: string[];
let answers: Readonly<Record<string, string>>;
beforeEach(() => {
  sent = [];
  answers = {};
});

/** Answers one text, or fails with a code. */
const send: SendStatement = async (sql) => {
  sent.push(sql);
  const said = answers[sql] ?? '1';
  if (/^[a-z]+_/.test(said) || said === 'blocked') throw new SluiceError(said as ErrorCode, said);
  const column = {
    name: 'A',
    type: 'text',
    nullable: true,
    precision: null,
    scale: null,
    length: null,
  } as const;
  return {
    queryId: `q${sent.length}`,
    columns: [column],
    encoding: 'json',
    chunks: chunksOf([[said]]),
    statementTypeId: 0x1000,
    state: { database: null, schema: null, warehouse: null, role: null },
    parameters: {},
    ...(sql.startsWith('BEGIN ') ? { script: true as const } : {}),
  } satisfies StatementOutcome;
};

const run = async (sql: string, limits: Partial<ScriptLimits> = {}, stopped = new AbortController().signal) =>
  await runScript({ sql, binds: {} }, send, stopped, { ...SCRIPT_LIMITS, ...limits });

it('sends what is to be computed, once, and nothing for what it knows', async () => {
  await run("BEGIN LET x := 5; LET y := 'a'; LET z := x; LET i INT := 7; x := y; RETURN x; END");
  expect(sent).toEqual(['SELECT :X AS "anonymous block"']);
});

it.each<[string, Partial<ScriptLimits>, RegExp]>([
  ['BEGIN FOR i IN 1 TO 9 DO SELECT 1; END FOR; END', { statements: 4 }, /4 statements and expressions/],
  ['BEGIN LOOP NULL; END LOOP; END', { steps: 50 }, /50 steps/],
  ['BEGIN FOR i IN 1 TO 999999999 DO CONTINUE; END FOR; END', { steps: 50 }, /50 steps/],
  ["BEGIN EXECUTE IMMEDIATE 'BEGIN SELECT 1; END'; END", { depth: 1 }, /2 deep/],
  ["BEGIN EXECUTE IMMEDIATE 'BEGIN LOOP SELECT 1; END LOOP; END'; END", { statements: 6 }, /6 statements/],
])('stops, and no handler catches that: %s', async (sql, limits, message) => {
  for (const text of [sql, sql.replace(/ END$/, ' EXCEPTION WHEN OTHER THEN RETURN 1; END')])
    await expect(run(text, limits)).rejects.toThrow(message);
  expect(sent.length).toBeLessThan(20);
});

it('keeps no more of results than it may, all together, and none of what nobody can read', async () => {
  answers = { 'SELECT big': 'x'.repeat(600) };
  const read = 'FOR r IN (SELECT big) DO NULL; END FOR;';
  await run(`BEGIN ${read} END`, { keptBytes: 1_000 });
  await expect(run(`BEGIN ${read} ${read} END`, { keptBytes: 1_000 })).rejects.toThrow(/too large/);
  await expect(run(`BEGIN ${read} END`, { resultBytes: 500 })).rejects.toThrow(/too large/);
  await run('BEGIN SELECT big; SELECT big; SELECT big; END', { keptBytes: 1_000 });
});

it.each<[ErrorCode, boolean]>([
  ['statement_failed', true],
  ['object_unknown', true],
  ['column_unknown', true],
  ['unsupported_by_warehouse', true],
  ['blocked', false],
  ['statement_not_understood', false],
  ['approval_denied', false],
  ['approval_expired', false],
  ['record_unavailable', false],
  ['session_ended', false],
  ['statement_cancelled', false],
  ['statement_timeout', false],
  ['rate_limited', false],
])('lets handlers catch %s: %s', async (code, isCaught) => {
  answers = { 'SELECT it': code, 'SELECT (SELECT it) AS V': code };
  for (const sql of ['SELECT it', 'LET x := (SELECT it)', "EXECUTE IMMEDIATE 'BEGIN SELECT it; END'"]) {
    const done = run(
      `BEGIN ${sql}; EXCEPTION WHEN STATEMENT_ERROR OR EXPRESSION_ERROR OR OTHER THEN RETURN 1; END`,
    );
    const thrown = await done.then(
      () => null,
      (error: SluiceError) => error.code,
    );
    expect(thrown).toBe(isCaught ? null : code);
  }
});

it('goes no further once its client is gone', async () => {
  const gone = new AbortController();
  gone.abort(new SluiceError('statement_cancelled', 'gone'));
  await expect(run('BEGIN LET x := 1 + 1; END', {}, gone.signal)).rejects.toMatchObject({
    code: 'statement_cancelled',
  });
});
