import type { Catalog, ResolutionContext, Understanding } from '@sluice/snowflake-sql';
import { wholeCatalog } from '@sluice/snowflake-sql';
import { identityId } from '../identity/index.ts';
import { decide, type Decision, type DecisionContext, NO_USAGE, type Policy } from '../policy/index.ts';
import type { PolicyCase, PolicyCases } from './policy-cases.ts';

export type Analyze = (sql: string, catalog: Catalog, context: ResolutionContext) => readonly Understanding[];

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
  return [...casesTested(policy, cases, analyze)];
}

/** The same one by one, for whoever lets others have their turn in between. */
export function* casesTested(
  policy: Policy,
  cases: PolicyCases,
  analyze: Analyze,
): Generator<CaseResult, void> {
  const catalog = catalogOf(cases);
  const context = {
    database: cases.database,
    schema: cases.schema,
    variables: new Map(),
    results: new Map(),
  };
  for (const test of cases.cases) {
    const meanings = analyze(test.sql, catalog, context);
    const decisions = meanings.map((meaning) => decide(policy, meaning, contextOf(test)));
    const failures = meanings.flatMap((meaning, index) => compare(test, meaning, decisions[index]!));
    yield {
      name: test.name,
      decisions,
      failures: meanings.length === 0 ? ['no statement found'] : failures,
    };
  }
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
