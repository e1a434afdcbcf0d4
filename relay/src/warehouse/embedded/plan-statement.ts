import { SluiceError } from '../../errors.ts';
import type { Tree } from '@sluice/snowflake-sql';
import {
  type Bound,
  type BoundInner,
  earlierNamed,
  type Floor,
  indexRelations,
} from '@sluice/snowflake-sql/execution';
import { notRunIn, type Script, scriptOf } from '@sluice/snowflake-sql/script';
import type { Planned, ToPlan } from '../plan.ts';
import type { SessionSurroundings } from '../session-state.ts';
import { asWarehouseError, unsupported } from './errors.ts';
import { DATABASE } from './registry-place.ts';
import { describeQuery } from './metadata/describe-object.ts';
import { KNOWN } from './metadata/objects.ts';
import { type Listing, showQuery } from './metadata/show.ts';
import { planComment } from './plan-comment.ts';
import { planDdl } from './plan-ddl.ts';
import { planExplain } from './plan-explain.ts';
import { showParameters } from './parameters/show.ts';
import type { Plan } from './plan.ts';
import { filesIn, planFiles, planLoad, planStageDdl, planUnload } from './stages/plan-files.ts';
import { planAlterSession, planUse } from './plan-session.ts';
import { renderBatchInsert } from './render/batch.ts';
import { renderMultiInsert } from './render/multi-insert.ts';
import { checkWritable, renderObjectName } from './render/names.ts';
import {
  renderDelete,
  renderInsert,
  doneBy,
  renderAmbiguous,
  renderJoined,
  renderMerge,
  renderOverwritten,
  type RenderOptions,
  renderRowCount,
  renderSetValues,
  renderStatementQuery,
  renderUpdate,
} from './render/render.ts';
import { statementTypes } from './statement-types.ts';

/** What a plan is made under. */
export interface PlanOptions {
  readonly floor: Floor;
  readonly surroundings: SessionSurroundings;
  /** Whether it may be run for so many rows at most, which may have to be counted beforehand. */
  readonly isLimited: boolean;
}

/** As `planStatement`; throws nothing. */
export function planEmbedded({ source, bound, floor, surroundings, isAsked }: ToPlan): Planned {
  try {
    const plan = planStatement(bound, source, { floor, surroundings, isLimited: isAsked });
    return { plan: { for: 'embedded', ...plan }, problem: null };
  } catch (thrown) {
    const { code, message, advice, warehouse } = asWarehouseError(thrown, source);
    return { plan: null, problem: { code, message, advice, warehouse } };
  }
}

/**
 * How a statement that was decided on is run: the bound statement, never its text. Pure. `source` is what its tree's
 * places are in. Throws `unsupported_by_warehouse`.
 */
export function planStatement(bound: Bound, source: string, planning: PlanOptions): Plan {
  const plan = planOf(bound, source, withStatement(planning, source));
  const earlier = earlierIn(bound);
  // A load looks itself for what there is.
  const reads = plan.kind === 'load' ? [] : filesIn(bound);
  return {
    ...plan,
    ...(earlier.length === 0 ? {} : { earlier }),
    ...(reads.length === 0 ? {} : { reads }),
  };
}

/** The ids of the statements whose results it reads. */
function earlierIn({ statement }: Bound): readonly string[] {
  const ids = [...indexRelations(statement).values()].flatMap((relation) =>
    relation.kind === 'earlier' && 'result' in relation.of ? [relation.of.queryId] : [],
  );
  return [...new Set(ids)];
}

/** What CURRENT_STATEMENT() answers. */
function withStatement(planning: PlanOptions, source: string): PlanOptions {
  const { surroundings } = planning;
  const session = { ...surroundings.answers.session, CURRENT_STATEMENT: source };
  return { ...planning, surroundings: { ...surroundings, answers: { ...surroundings.answers, session } } };
}

function planOf(bound: Bound, source: string, planning: PlanOptions): Plan {
  const { surroundings, isLimited } = planning;
  const options: RenderOptions = { floor: planning.floor, answers: surroundings.answers };
  const { statement, tree } = bound;
  const rowCount = () => (isLimited ? whenSupported(() => renderRowCount(bound, options)) : null);
  switch (statement.kind) {
    case 'query': {
      const rendered = renderStatementQuery(bound, statement, options);
      return {
        kind: 'query',
        ...rendered,
        statementTypeId: statementTypes.select,
        takesBinds: true,
        needs: null,
        showsDefinitions: rendered.showsDefinitions,
      };
    }
    case 'insert':
      return {
        kind: 'change',
        sql: renderInsert(bound, statement, options),
        counts: 'inserted',
        joined: null,
        rowCount: rowCount(),
        overwrites: statement.overwrite ? renderOverwritten(statement, options) : null,
        batch: statement.overwrite ? null : renderBatchInsert(bound, statement, options),
      };
    case 'update':
      return {
        kind: 'change',
        sql: renderUpdate(bound, statement, options),
        counts: 'updated',
        joined: statement.from === null ? null : renderJoined(bound, statement, options),
        rowCount: rowCount(),
        overwrites: null,
        batch: null,
      };
    case 'delete':
      return {
        kind: 'change',
        sql: renderDelete(bound, statement, options),
        counts: 'deleted',
        joined: null,
        rowCount: rowCount(),
        overwrites: null,
        batch: null,
      };
    case 'merge':
      return {
        kind: 'merge',
        sql: renderMerge(bound, statement, options),
        rowCount: rowCount(),
        does: doneBy(statement),
        ambiguous: renderAmbiguous(bound, statement, options),
      };
    case 'truncate': {
      const { object } = statement.target;
      checkWritable(object);
      return { kind: 'truncate', table: renderObjectName(object, options.answers.temporary), object };
    }
    case 'set':
      return {
        kind: 'set',
        values: renderSetValues(bound, statement, options),
        names: statement.assignments.map(({ name }) => name),
      };
    case 'create':
    case 'alter':
      if (tree.kind === 'alter' && tree.objectType === 'session') return planAlterSession(tree);
      return (
        planStageDdl(bound, tree) ??
        planComment(bound, tree, options) ??
        planDdl(bound, source, options, isLimited)
      );
    case 'inner':
      return planInner(tree, source, statement, planning);
    case 'load':
      return planLoad(bound, statement, options);
    case 'unload':
      return planUnload(bound, statement, options);
    case 'files':
      return planFiles(statement);
    case 'multi_insert':
      return { kind: 'multi_insert', ...renderMultiInsert(bound, statement, options) };
    case 'other':
      return planOther(bound, source, options, planning);
    default:
      return statement satisfies never;
  }
}

function planOther(
  bound: Bound,
  source: string,
  options: RenderOptions,
  { surroundings: { state }, isLimited }: PlanOptions,
): Plan {
  const { tree } = bound;
  switch (tree.kind) {
    case 'show':
      if (tree.what.text === 'PARAMETERS')
        return listing(
          { sql: showParameters(tree, options.answers.parameters), needs: null },
          statementTypes.show,
        );
      return listing(
        showQuery(tree, {
          state,
          database: DATABASE,
          withOwn: options.answers.temporary.size > 0,
          variables: [...options.answers.variables],
          sessionId: options.answers.session['CURRENT_SESSION'] ?? '',
        }),
        statementTypes.show,
      );
    case 'describe':
      if (tree.objectType === 'result') return planDescribeResult(tree, options);
      return listing(describeQuery(bound, tree, options.answers.temporary), statementTypes.describe);
    case 'create':
    case 'alter':
    case 'drop':
      if (tree.kind === 'alter' && tree.objectType === 'session') return planAlterSession(tree);
      return planStageDdl(bound, tree) ?? planDdl(bound, source, options, isLimited);
    case 'comment': {
      const plan = planStageDdl(bound, tree) ?? planComment(bound, tree, options);
      if (plan === null)
        throw unsupported(`comments on objects of this type (${tree.objectType.replaceAll('_', ' ')})`);
      return plan;
    }
    case 'use':
      return planUse(bound, tree, state);
    case 'unset_variables':
      return { kind: 'unset', names: tree.names.map(({ name }) => name) };
    case 'transaction':
      return { kind: 'transaction', action: tree.action };
    default:
      throw unsupported(`${tree.kind.replaceAll('_', ' ')} statements`);
  }
}

/** DESCRIBE RESULT of an id, or of LAST_QUERY_ID(). */
function planDescribeResult({ name }: Tree.Describe, { answers }: RenderOptions): Plan {
  const which = name?.kind === 'string' || name?.kind === 'call' ? earlierNamed(name) : null;
  if (which === null) throw unsupported('this form of DESCRIBE RESULT');
  const queryId = typeof which === 'string' ? which : answers.queryIds.at(which);
  return { kind: 'describe_result', queryId: queryId ?? '' };
}

function listing({ sql, needs }: Listing, statementTypeId: number): Plan {
  const showsDefinitions = sql.includes(KNOWN);
  return { kind: 'query', sql, columns: null, statementTypeId, takesBinds: false, needs, showsDefinitions };
}

/** EXECUTE IMMEDIATE of one statement that stands in it, or EXPLAIN. */
function planInner(tree: Tree.Statement, source: string, statement: BoundInner, planning: PlanOptions): Plan {
  const { inner, using } = statement;
  if (tree.kind === 'explain') return planExplain(tree, statement);
  const script = scriptOf(tree, source);
  if (script !== null) return planScript(script, source);
  if (tree.kind !== 'execute_immediate') throw unsupported(`${tree.kind.replaceAll('_', ' ')} statements`);
  const { source: text } = tree;
  if (text.kind !== 'embedded' || text.content.kind !== 'script' || using.length > 0) {
    throw unsupported('this form of EXECUTE IMMEDIATE');
  }
  const [only, ...more] = inner;
  if (only === undefined || only.bound === null || more.length > 0) {
    throw unsupported('this form of EXECUTE IMMEDIATE');
  }
  return planStatement(only.bound, text.source, planning);
}

/** Characters of a block that is run: it is read where nobody else should have to wait for it. */
const LONGEST_SCRIPT = 16 * 1024;

function planScript(script: Script, source: string): Plan {
  if (source.length > LONGEST_SCRIPT) throw unsupported(`a block of more than ${LONGEST_SCRIPT} characters`);
  const missing = notRunIn(script);
  if (missing !== null) throw unsupported(missing);
  return { kind: 'script' };
}

/** Null for what the warehouse cannot say. */
export function whenSupported(render: () => string): string | null {
  try {
    return render();
  } catch (thrown) {
    if (thrown instanceof SluiceError && thrown.code === 'unsupported_by_warehouse') return null;
    throw thrown;
  }
}
