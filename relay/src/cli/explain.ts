import { z } from 'zod';
import { SluiceError } from '../errors.ts';
import { identityId } from '../identity/index.ts';
import { decide, type Decision, loadPolicy, NO_USAGE, type Policy } from '../policy/index.ts';
import { formatProblem } from '../yaml/index.ts';
import {
  type ColumnSource,
  formatColumn,
  formatObjectName,
  type ObjectUse,
  analyze,
  type Understanding,
} from '@sluice/snowflake-sql';
import { joined, quoted, revealed, shown, word, wordsShown } from '../text/index.ts';
import { type Paint, roleOf, unpainted } from './paint.ts';
import { readCatalogFile, readJson } from './catalog-file.ts';

/** The contents of the files given to `sluice explain`. */
export interface ExplainInput {
  readonly sql: string;
  readonly policy: string;
  readonly catalog: string;
  readonly as: string;
}

export type ExplainReport = { readonly statements: readonly ExplainedStatement[] };
export type ExplainedStatement = ReturnType<typeof explained>;

const asFile = z.strictObject({
  subject: z.string(),
  issuer: z.string().default('https://issuer.example'),
  groups: z.array(z.string()).default([]),
  kind: z.enum(['person', 'workload']).default('person'),
  application: z.string().default('explain'),
  agent: z.string().nullable().default(null),
  database: z.string().optional(),
  schema: z.string().optional(),
  role: z.string().nullable().default(null),
});
type As = z.infer<typeof asFile>;

/**
 * The understanding of any SQL and the decision on it; nothing is run.
 * @throws SluiceError `config_invalid` or `policy_invalid`.
 */
export function explain(input: ExplainInput): ExplainReport {
  const as = readJson(asFile, input.as, 'the identity');
  const catalog = readCatalogFile(input.catalog);
  const loaded = loadPolicy(input.policy);
  if (loaded.problems !== undefined) {
    throw new SluiceError(
      'policy_invalid',
      loaded.problems.map((problem) => formatProblem('policy', problem)).join('\n'),
    );
  }
  const { database, schema } = as;
  const context = {
    ...(database === undefined ? {} : { database }),
    ...(schema === undefined ? {} : { schema }),
    variables: new Map(),
    results: new Map(),
  };
  const statements = analyze(input.sql, catalog, context);
  return {
    statements: statements.map((meaning) => explained(meaning, decideAs(loaded.policy, as, meaning))),
  };
}

function decideAs(policy: Policy, as: As, meaning: Understanding): Decision {
  const { subject, issuer, groups, kind, application, agent, role } = as;
  const now = Date.now();
  return decide(policy, meaning, {
    identity: {
      id: identityId(issuer, subject),
      issuer,
      subject,
      name: subject,
      groups,
      kind,
    },
    client: { application, protocol: 'api', agent },
    state: { role },
    now,
    usage: NO_USAGE,
    tags: { tagsOf: () => [] },
    breakGlass: null,
    floor: true,
  });
}

function explained(meaning: Understanding, decision: Decision) {
  const { kind, range } = meaning;
  const understood = meaning.understood ? meaning : null;
  const objects = understood?.objects ?? [];
  return {
    kind: kind.name,
    family: kind.family,
    range,
    understood: meaning.understood,
    ...(meaning.understood ? {} : { problem: meaning.problem }),
    reads: namesOf(objects, (access) => access === 'read'),
    writes: namesOf(objects, (access) => access !== 'read'),
    outputs: (understood?.outputs ?? []).map(({ name, sources, unresolved }) => ({
      name,
      sources: sources.map(({ column }) => formatColumn(column)),
      how: sources.map(howOf),
      unresolved: unresolved !== undefined,
    })),
    uses: (understood?.uses ?? []).map(({ column, path, as, range, by }) => ({
      column: formatColumn(column),
      ...(path === undefined ? {} : { path }),
      as,
      ...(by === undefined ? {} : { by }),
      range,
    })),
    flows: (understood?.flows ?? []).map(({ from, to }) => ({
      from: 'opaque' in from ? null : formatColumn(from.column),
      to:
        to.type === 'column' ? formatColumn(to.column) : to.type === 'location' ? to.location : `$${to.name}`,
    })),
    opaque: (understood?.opaque ?? []).map(({ reason }) => reason),
    decision: {
      effect: decision.effect,
      rule: decision.rule,
      reason: decision.reason,
      sentence: decision.sentence,
      range: decision.range,
      masks: masksOf(decision),
      ...('advice' in decision ? { advice: decision.advice } : {}),
      ...('computedOn' in decision ? { computedOn: decision.computedOn } : {}),
    },
  };
}

function howOf({ how, path }: ColumnSource): string {
  return path === undefined ? how : `${how}:${path.join('.')}`;
}

function masksOf(decision: Decision) {
  if (decision.effect !== 'mask' && decision.effect !== 'ask') return [];
  return decision.masks.map(({ output, policy, because }) => ({ output, method: policy.method, because }));
}

function namesOf(
  objects: readonly ObjectUse[],
  wanted: (access: ObjectUse['access']) => boolean,
): readonly string[] {
  return [
    ...new Set(objects.filter(({ access }) => wanted(access)).map(({ name }) => formatObjectName(name))),
  ];
}

/** The report as text for people. */
export function* explainLines({ statements }: ExplainReport, paint: Paint = unpainted): Generator<string> {
  for (const { kind, reads, writes, outputs, uses, opaque, decision } of statements) {
    const why = decision.reason === '' ? shown`` : shown`: ${decision.reason}`;
    const effect = paint(roleOf(decision.effect), decision.effect);
    yield `${word(kind)}: ${effect} ${shown`by ${word(decision.rule)}${why}`}`;
    yield shown`  ${decision.sentence}`;
    if (decision.advice !== undefined) yield shown`  instead ${decision.advice}`;
    const rows = decision.computedOn?.rows ?? null;
    if (rows !== null) yield shown`  rows    computed on ${rows.on}, because of ${rows.because}`;
    if (reads.length > 0) yield shown`  reads   ${wordsShown(reads, reads.length)}`;
    if (writes.length > 0) yield shown`  writes  ${wordsShown(writes, writes.length)}`;
    for (const [index, { name, sources, how, unresolved }] of outputs.entries()) {
      const from = sources.map((source, at) => shown`${word(how[at] ?? '')} ${word(source)}`);
      const mask = decision.masks.find(({ output }) => output === index);
      const computed = decision.computedOn?.outputs.find(({ output }) => output === index);
      const note = computed === undefined ? shown`` : shown` (computed on ${computed.on})`;
      const masked = mask === undefined ? shown`` : shown` → masked (${mask.method})`;
      const parts = [...from, ...(unresolved ? [shown`not known`] : [])];
      const made = parts.length === 0 ? shown`nothing of the data` : joined(parts, ', ');
      yield shown`  output  ${name === '' ? index + 1 : word(name)}: ${made}${masked}${note}`;
    }
    for (const { column, as, by } of uses)
      yield shown`  use     ${as} ${word(column)}${by === undefined ? '' : shown` in ${revealed(by)}`}`;
    for (const reason of opaque) yield shown`  opaque  ${quoted(reason)}`;
  }
}
