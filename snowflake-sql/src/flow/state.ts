import type {
  BoundOutput,
  BoundRelation,
  BoundSetOperation,
  BoundTable,
  BoundView,
  CteId,
  LambdaId,
  RelationId,
} from '../bound/index.ts';
import type { OpaquePart } from '../understanding.ts';
import type { Budget } from '../budget.ts';
import type { Growth } from '../growth.ts';
import { columnKind, type Kind } from './kinds.ts';
import type { Origin } from './origin.ts';
import { joined, type Rope, strand } from './rope.ts';
import type { Base } from './sources.ts';
import type { Tell, Tells } from './tells.ts';

/** An expression's value, and what evaluating it reveals besides. */
export interface ExpressionFlow {
  readonly value: Origin;
  readonly kind: Kind;
  /** What evaluating it reveals: whether it fails depends on this. */
  readonly tells: Tells;
  /** How it uses columns when it is a condition; null: its value is compared. */
  readonly asked: Tells | null;
}

/** The origins of a relation's columns, and what the existence and the number of its rows depend on. */
export interface RelationFlow {
  readonly columns: readonly ColumnOrigin[];
  readonly rows: Tells;
  /** Set if it has further columns that are not known. */
  readonly open: OpaquePart | null;
}

export interface ColumnOrigin {
  readonly value: Origin;
  readonly kind: Kind;
}

/** The state of one statement's analysis. */
export interface Flow {
  readonly budget: Budget;
  readonly account: Account;
  readonly bases: Map<string, Base>;
  readonly relations: Map<RelationId, RelationFlow>;
  /** What these are the flow of. */
  readonly nodes: Map<RelationId, BoundRelation>;
  readonly ctes: Map<CteId, RelationFlow>;
  readonly views: Map<BoundView, RelationFlow>;
  /** Column origins by the bound columns of a table, which may be referenced ten thousand times. */
  readonly tables: Map<BoundTable['columns'], readonly ColumnOrigin[]>;
  readonly outputs: Map<BoundOutput, ExpressionFlow>;
  /** The origin of a lambda's parameters. */
  readonly lambdas: Map<LambdaId, Origin>;
  /** Called with the flow of a recursive query's first operand, which determines the types of all. */
  readonly anchors: Map<BoundSetOperation, (anchor: RelationFlow) => void>;
  /** The result of an earlier statement in the same chain. */
  readonly step: (place: number) => RelationFlow | undefined;
  /** The result whose columns ORDER BY refers to by position. */
  readonly result: RelationFlow | null;
  /** Determines which texts may be too long. */
  readonly growth: Growth;
}

/** What was visited, and what must be found again at the end. */
export interface Account {
  readonly visited: Set<number>;
  /** References in columns of relations, which need not be read. */
  readonly kept: Rope<number>[];
  /** Every use that was recorded. */
  readonly told: Tell[];
  /** The next free number, counted from 0: column references come first, then queries that are values. */
  numbers: number;
}

export function newFlow(
  budget: Budget,
  references: number,
  bases: Map<string, Base>,
  step: Flow['step'],
  growth: Growth,
): Flow {
  return {
    budget,
    account: { visited: new Set(), kept: [], told: [], numbers: references },
    bases,
    relations: new Map(),
    nodes: new Map(),
    ctes: new Map(),
    views: new Map(),
    tables: new Map(),
    outputs: new Map(),
    lambdas: new Map(),
    anchors: new Map(),
    step,
    result: null,
    growth,
  };
}

/** A relation, whose columns are accounted for even if they are not read. */
export function relation(
  flow: Flow,
  columns: readonly ColumnOrigin[],
  rows: Tells,
  open: OpaquePart | null = null,
): RelationFlow {
  flow.account.kept.push(joined(columns.map(({ value }) => value.references)));
  return { columns: columns.map(({ value, kind }) => ({ value, kind: columnKind(kind) })), rows, open };
}

/** The value of a query: it must be found again at the end, as a column reference must. */
export function numbered(flow: Flow, value: Origin): Origin {
  const number = flow.account.numbers;
  flow.account.numbers += 1;
  flow.account.visited.add(number);
  return { ...value, references: joined([value.references, strand(number)]) };
}

/** A bound relation, which must have been analysed before anything that refers to it. */
export function relationOf({ relations }: Flow, id: RelationId): RelationFlow {
  const found = relations.get(id);
  if (found === undefined) throw new Error(`the relation ${id} is used before it has been analysed`);
  return found;
}
