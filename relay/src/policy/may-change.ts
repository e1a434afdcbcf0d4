import {
  formatObjectName,
  type ObjectAccess,
  type ObjectType,
  type ObjectUse,
  type StatementKind,
  type Understood,
} from '@sluice/snowflake-sql';
import type { DecisionContext } from './context.ts';
import { decide } from './decide.ts';
import type { Policy, Rule, Who } from './policy.ts';

/**
 * The tables and views whose rows decide on what a statement does, and that the same person may change without
 * asking anybody: `DB.SCHEMA.NAME`, sorted. What such a statement does can be made another thing while people look at
 * it. Errs towards naming one: a rule that permits only some program, or some hour, is taken to permit any, and one
 * that restricts only some, none.
 */
export function mayChangeOf(
  policy: Policy,
  statement: Understood,
  context: DecisionContext,
): readonly string[] {
  const anyhow = { ...policy, rules: policy.rules.flatMap(inAnyProgram), limits: [] };
  const unbroken = { ...context, breakGlass: null };
  const may = (use: ObjectUse) =>
    WAYS.some((way) => {
      const { effect } = decide(anyhow, changing(use, way), unbroken);
      return effect === 'allow' || effect === 'mask';
    });
  const known = new Map(readBy(statement).map((use) => [formatObjectName(use.name), use]));
  return [...known].flatMap(([name, use]) => (may(use) ? [name] : [])).sort();
}

/** Those that are read, also where the row that is changed is found. */
function readBy(statement: Understood): readonly ObjectUse[] {
  const finds = FINDING.has(statement.kind.name);
  const own = statement.objects.filter(
    ({ type, access }) =>
      (type === 'table' || type === 'view') && (access === 'read' || (finds && access === 'write')),
  );
  return [...own, ...statement.inner.flatMap((inner) => (inner.understood ? readBy(inner) : []))];
}

const FINDING: ReadonlySet<string> = new Set(['update', 'delete', 'merge']);

/** How rows come to be others. */
const WAYS: readonly {
  readonly kind: StatementKind;
  readonly access: ObjectAccess;
  readonly type?: ObjectType;
}[] = [
  { kind: { family: 'dml', name: 'insert' }, access: 'write' },
  { kind: { family: 'dml', name: 'update' }, access: 'write' },
  { kind: { family: 'dml', name: 'delete' }, access: 'write' },
  { kind: { family: 'dml', name: 'merge' }, access: 'write' },
  { kind: { family: 'copy', name: 'copy_into_table' }, access: 'write' },
  { kind: { family: 'ddl', name: 'create_table' }, access: 'create', type: 'table' },
  { kind: { family: 'ddl', name: 'create_view' }, access: 'create', type: 'view' },
];

function changing(
  { type, name, range }: ObjectUse,
  { kind, access, type: made }: (typeof WAYS)[number],
): Understood {
  return {
    understood: true,
    kind,
    range,
    objects: [{ type: made ?? type, name, access, range }],
    outputs: [],
    uses: [],
    functions: [],
    flows: [],
    writes: [],
    missingWhere: false,
    opaque: [],
    inner: [],
    sessionEffects: [],
  };
}

function inAnyProgram(rule: Rule): readonly Rule[] {
  const { applications, agents, protocols, during, outside, ...who }: Who = rule.who;
  const isOfSome = [applications, agents, protocols, during, outside].some((test) => test !== undefined);
  const letsThrough = rule.effect === 'allow' || rule.effect === 'mask';
  return letsThrough || !isOfSome ? [{ ...rule, who }] : [];
}
