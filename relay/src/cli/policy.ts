import type { Catalog, ResolutionContext, Understanding } from '@sluice/snowflake-sql';
import { loadPolicy } from '../policy/index.ts';
import { readCases, testPolicy } from '../rehearsal/index.ts';
import { formatProblem } from '../yaml/index.ts';
import { type Paint, unpainted } from './paint.ts';
import { jsonLine } from './terminal-text.ts';

type Print = (text: string) => void;
export type Analyze = (sql: string, catalog: Catalog, context: ResolutionContext) => readonly Understanding[];

/** A file's text, and the name to display for it. */
export interface NamedText {
  readonly file: string;
  readonly text: string;
}

/**
 * `sluice policy check FILE`: prints every problem with line and column. Returns the exit code: 0 if there are none.
 */
export function checkPolicyCommand(
  { file, text, json }: NamedText & { readonly json: boolean },
  print: Print,
  paint: Paint = unpainted,
): number {
  const { policy, problems } = loadPolicy(text);
  if (json) {
    const found = policy === undefined ? null : { version: policy.version, rules: policy.rules.length };
    print(jsonLine({ file, policy: found, problems: problems ?? [] }));
    return problems === undefined ? 0 : 1;
  }
  if (problems !== undefined) {
    for (const problem of problems) print(formatProblem(file, problem));
    print(paint('bad', `${file}: ${count(problems.length, 'problem')}`));
    return 1;
  }
  print(
    `${file}: ${paint('good', 'good')}, ${count(policy.rules.length, 'rule')}, version ${policy.version.slice(0, 12)}`,
  );
  return 0;
}

/** `sluice policy test FILE`: runs the policy's test cases. Returns the exit code: 0 if all of them pass. */
export function testPolicyCommand(
  { policy, cases, json }: { readonly policy: NamedText; readonly cases: NamedText; readonly json: boolean },
  analyze: Analyze,
  print: Print,
  paint: Paint = unpainted,
): number {
  const loaded = loadPolicy(policy.text);
  const read = readCases(cases.text);
  if (loaded.problems !== undefined || 'problems' in read) {
    const problems = [
      ...(loaded.problems ?? []).map((problem) => ({ file: policy.file, ...problem })),
      ...('problems' in read ? read.problems : []).map((problem) => ({ file: cases.file, ...problem })),
    ];
    if (json) print(jsonLine({ problems, cases: [] }));
    else for (const { file, ...problem } of problems) print(formatProblem(file, problem));
    return 1;
  }
  const results = testPolicy(loaded.policy, read.cases, analyze);
  const failed = results.filter(({ failures }) => failures.length > 0);
  const code = failed.length === 0 ? 0 : 1;
  if (json) {
    const shown = results.map(({ name, failures }) => ({ name, failures }));
    print(jsonLine({ problems: [], cases: shown }));
    return code;
  }
  for (const { name, failures } of failed)
    for (const failure of failures) print(`${paint('bad', 'failed')}: ${name}: ${failure}`);
  print(paint(code === 0 ? 'good' : 'bad', `${count(results.length, 'case')}, ${failed.length} failed`));
  return code;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
