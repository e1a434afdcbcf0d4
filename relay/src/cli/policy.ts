import { identityId } from '../identity/index.ts';
import {
  decide,
  loadPolicy,
  NO_USAGE,
  type Decision,
  type DecisionContext,
  type Policy,
} from '../policy/index.ts';
import { formatProblem } from '../yaml/index.ts';
import type { Catalog, ResolutionContext, Understanding } from '@sluice/snowflake-sql';
import { wholeCatalog } from '@sluice/snowflake-sql';
import { type Paint, unpainted } from './paint.ts';
import { jsonLine } from './terminal-text.ts';
import { readCases, type PolicyCase, type PolicyCases } from './policy-cases.ts';

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

export interface CaseResult {
  readonly name: string;
  /** What differs from the expectation; empty if the case passes. */
  readonly failures: readonly string[];
  readonly decisions: readonly Decision[];
}

/**
 * Decides every case and compares the result with its expectation. In a case with several statements, the expectation
 * holds for each.
 */
export function testPolicy(policy: Policy, cases: PolicyCases, analyze: Analyze): readonly CaseResult[] {
  const catalog = catalogOf(cases);
  const context = {
    database: cases.database,
    schema: cases.schema,
    variables: new Map(),
    results: new Map(),
  };
  return cases.cases.map((test) => {
    const meanings = analyze(test.sql, catalog, context);
    const decisions = meanings.map((meaning) => decide(policy, meaning, contextOf(test)));
    const failures = meanings.flatMap((meaning, index) => compare(test, meaning, decisions[index]!));
    return {
      name: test.name,
      decisions,
      failures: meanings.length === 0 ? ['no statement found'] : failures,
    };
  });
}

function compare(test: PolicyCase, meaning: Understanding, decision: Decision): readonly string[] {
  const { expect } = test;
  const masks = masksByName(meaning, decision);
  return [
    ...(decision.effect === expect.effect
      ? []
      : [`expected ${expect.effect}, was ${decision.effect} (${decision.reason})`]),
    ...(expect.rule === undefined || expect.rule === decision.rule
      ? []
      : [`expected rule \`${expect.rule}\`, was \`${decision.rule}\``]),
    ...(expect.masks === undefined || sameEntries(expect.masks, masks)
      ? []
      : [`expected masks ${JSON.stringify(expect.masks)}, were ${JSON.stringify(masks)}`]),
  ];
}

function masksByName(meaning: Understanding, decision: Decision): Readonly<Record<string, string>> {
  const masks = 'masks' in decision ? decision.masks : [];
  const outputs = meaning.understood ? meaning.outputs : [];
  return Object.fromEntries(
    masks.map(({ output, policy }) => [outputs[output]?.name ?? `#${output}`, policy.method]),
  );
}

function sameEntries(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): boolean {
  const sorted = (record: object) =>
    JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(one) === sorted(other);
}

function contextOf({ as, at }: PolicyCase): DecisionContext {
  const subject = as.name.toLowerCase();
  return {
    identity: {
      id: identityId('test', subject),
      issuer: 'test',
      subject,
      name: as.name,
      groups: as.groups,
      kind: as.kind,
    },
    client: { application: as.application, protocol: as.protocol, agent: as.agent },
    state: { role: as.role },
    now: Date.parse(at),
    usage: NO_USAGE,
    tags: { tagsOf: () => [] },
    breakGlass: as.break_glass === undefined ? null : { reason: as.break_glass },
    floor: true,
  };
}

function catalogOf(cases: PolicyCases): Catalog {
  return wholeCatalog(
    Object.entries(cases.tables).map(([text, columns]) => {
      const [database, schema, name] = text.split('.') as [string, string, string];
      const list = Object.entries(columns).map(([column, type]) => ({ name: column, type }));
      return { type: 'table', name: { database, schema, name }, version: 'of the file', columns: list };
    }),
  );
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
