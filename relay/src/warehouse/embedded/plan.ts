import { SluiceError } from '../../errors.ts';
import type { ObjectName, Tree } from '@sluice/snowflake-sql';
import type { Bound, BoundInner, Floor } from '@sluice/snowflake-sql/execution';
import type { RowCounts } from '../result.ts';
import type { SessionState } from '../warehouse.ts';
import { asWarehouseError, unsupported } from './errors.ts';
import { describeQuery, showQuery } from './metadata.ts';
import { planDdl } from './plan-ddl.ts';
import type { RegistryChange } from './registry-change.ts';
import { planAlterSession, planUse } from './plan-session.ts';
import { checkWritable, renderObjectName } from './render/names.ts';
import {
  renderDelete,
  renderInsert,
  renderMerge,
  type RenderOptions,
  renderRowCount,
  renderSetValues,
  renderStatementQuery,
  renderUpdate,
} from './render/render.ts';
import type { SessionAnswers } from './render/rendering.ts';
import { statementTypes } from './statement-types.ts';

/**
 * What one statement comes to on DuckDB: texts that are ready to run, and what they leave behind in the session.
 * Plain data, so that it can be made on another thread than the one that runs it.
 */
export type Plan =
  | {
      readonly kind: 'query';
      readonly sql: string;
      /** Of the columns; null for those that DuckDB gives them. */
      readonly names: readonly string[] | null;
      readonly statementTypeId: number;
      readonly takesBinds: boolean;
    }
  | {
      readonly kind: 'change';
      readonly sql: string;
      readonly counts: keyof RowCounts;
      readonly rowCount: RowCount;
    }
  | { readonly kind: 'merge'; readonly sql: string; readonly rowCount: RowCount }
  | { readonly kind: 'truncate'; readonly table: string }
  | { readonly kind: 'set'; readonly values: string; readonly names: readonly string[] }
  | { readonly kind: 'unset'; readonly names: readonly string[] }
  /** `state` is null when nothing is used; `check`: it may not be there. */
  | { readonly kind: 'use'; readonly state: SessionState | null; readonly check: boolean }
  | { readonly kind: 'transaction'; readonly action: Tree.Transaction['action'] }
  | DdlPlan
  /** Nothing to do. */
  | { readonly kind: 'done'; readonly statementTypeId: number };

/** Asks for the number of rows that it will change, or more; null when that cannot be told, or nobody wants it. */
export type RowCount = string | null;

export interface DdlPlan {
  readonly kind: 'ddl';
  readonly sql: string;
  /** The table, when it is made with rows in it. */
  readonly madeOfRows: { readonly table: string; readonly rowCount: RowCount } | null;
  /** What the registry is told of it, in the same transaction; null for nothing: of a temporary table, say. */
  readonly registry: RegistryChange | null;
  /** What becomes of a temporary table, when it is about one. */
  readonly temporary: { readonly is: 'made' | 'changed' | 'dropped'; readonly object: ObjectName } | null;
  readonly status: string;
}

/** What of a session stands in what runs, as of one moment. Plain data. */
export interface SessionSurroundings {
  readonly state: SessionState;
  readonly answers: SessionAnswers;
}

/** A plan, or why there is none: what the client is told when it comes to running. Plain data. */
export type Planned =
  | { readonly plan: Plan; readonly problem: null }
  | {
      readonly plan: null;
      readonly problem: Pick<SluiceError, 'code' | 'message' | 'advice' | 'warehouse'>;
    };

/** What a plan is made under. */
export interface PlanOptions {
  readonly floor: Floor;
  readonly surroundings: SessionSurroundings;
  /** Whether it may be run for so many rows at most, which may have to be counted beforehand. */
  readonly isLimited: boolean;
}

/** As `planStatement`; throws nothing. */
export function planWith(bound: Bound, source: string, options: PlanOptions): Planned {
  try {
    return { plan: planStatement(bound, source, options), problem: null };
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
  const { surroundings, isLimited } = planning;
  const options: RenderOptions = { floor: planning.floor, answers: surroundings.answers };
  const { statement, tree } = bound;
  const rowCount = () => (isLimited ? whenSupported(() => renderRowCount(bound, options)) : null);
  switch (statement.kind) {
    case 'query':
      return {
        kind: 'query',
        sql: renderStatementQuery(bound, statement, options),
        names: statement.columns.map(({ name }) => name),
        statementTypeId: statementTypes.select,
        takesBinds: true,
      };
    case 'insert':
      return {
        kind: 'change',
        sql: renderInsert(bound, statement, options),
        counts: 'inserted',
        rowCount: rowCount(),
      };
    case 'update':
      return {
        kind: 'change',
        sql: renderUpdate(bound, statement, options),
        counts: 'updated',
        rowCount: rowCount(),
      };
    case 'delete':
      return {
        kind: 'change',
        sql: renderDelete(bound, statement, options),
        counts: 'deleted',
        rowCount: rowCount(),
      };
    case 'merge':
      return { kind: 'merge', sql: renderMerge(bound, statement, options), rowCount: rowCount() };
    case 'truncate': {
      const { object } = statement.target;
      checkWritable(object);
      return { kind: 'truncate', table: renderObjectName(object, options.answers.temporary) };
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
      return planDdl(bound, source, options, isLimited);
    case 'inner':
      return planInner(tree, statement, planning);
    case 'multi_insert':
    case 'unload':
    case 'load':
      throw unsupported(`${statement.kind.replaceAll('_', ' ')} statements`);
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
      return listing(showQuery(tree, state), statementTypes.show);
    case 'describe':
      return listing(describeQuery(bound, tree, options.answers.temporary), statementTypes.describe);
    case 'create':
    case 'alter':
    case 'drop':
      if (tree.kind === 'alter' && tree.objectType === 'session') return planAlterSession(tree);
      return planDdl(bound, source, options, isLimited);
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

function listing(sql: string, statementTypeId: number): Plan {
  return { kind: 'query', sql, names: null, statementTypeId, takesBinds: false };
}

/** EXECUTE IMMEDIATE of one statement that stands in it. */
function planInner(tree: Tree.Statement, { inner, using }: BoundInner, planning: PlanOptions): Plan {
  if (tree.kind !== 'execute_immediate') throw unsupported(`${tree.kind.replaceAll('_', ' ')} statements`);
  const { source } = tree;
  if (source.kind !== 'embedded' || source.content.kind !== 'script' || using.length > 0) {
    throw unsupported('this form of EXECUTE IMMEDIATE');
  }
  const [only, ...more] = inner;
  if (only === undefined || only.bound === null || more.length > 0) {
    throw unsupported('this form of EXECUTE IMMEDIATE');
  }
  return planStatement(only.bound, source.source, planning);
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
