import type {
  BoundOutput,
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

/** What an expression is made of, and what can be learnt from it beside its value. */
export interface ExpressionFlow {
  readonly value: Origin;
  readonly kind: Kind;
  /** What can be learnt by evaluating it: whether it fails depends on this. */
  readonly tells: Tells;
  /** How it uses columns when it is a condition; null: it compares its value. */
  readonly asked: Tells | null;
}

/** What a relation's columns are made of, and what the existence and the number of its rows depends on. */
export interface RelationFlow {
  readonly columns: readonly ColumnOrigin[];
  readonly rows: Tells;
  /** Set when it has columns beside these. */
  readonly open: OpaquePart | null;
}

export interface ColumnOrigin {
  readonly value: Origin;
  readonly kind: Kind;
}

/** What one statement's flow knows while it is followed. */
export interface Flow {
  readonly budget: Budget;
  readonly account: Account;
  readonly bases: Map<string, Base>;
  readonly relations: Map<RelationId, RelationFlow>;
  readonly ctes: Map<CteId, RelationFlow>;
  readonly views: Map<BoundView, RelationFlow>;
  /** Of tables, which may be named ten thousand times, by their bound columns. */
  readonly tables: Map<BoundTable['columns'], readonly ColumnOrigin[]>;
  readonly outputs: Map<BoundOutput, ExpressionFlow>;
  /** What the parameters of a lambda are made of. */
  readonly lambdas: Map<LambdaId, Origin>;
  /** Told of a recursive query's first operand, whose types are those of all. */
  readonly anchors: Map<BoundSetOperation, (anchor: RelationFlow) => void>;
  /** The result of a statement before this one, in a chain of them. */
  readonly step: (place: number) => RelationFlow | undefined;
  /** The result whose columns ORDER BY names by their places. */
  readonly result: RelationFlow | null;
  /** Which texts may be too long. */
  readonly growth: Growth;
}

/** What was visited, and what must turn up again at the end. */
export interface Account {
  readonly visited: Set<number>;
  /** Of the columns of relations, which need not be read by anybody. */
  readonly kept: Rope<number>[];
  /** Every use that was noted. */
  readonly told: Tell[];
  /** Numbers that were given out, from 0: those of the column references, then those of queries that are values. */
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

/** A relation, whose columns are accounted for even if nobody reads them. */
export function relation(
  flow: Flow,
  columns: readonly ColumnOrigin[],
  rows: Tells,
  open: OpaquePart | null = null,
): RelationFlow {
  flow.account.kept.push(joined(columns.map(({ value }) => value.references)));
  return { columns: columns.map(({ value, kind }) => ({ value, kind: columnKind(kind) })), rows, open };
}

/** A value of a query: it must turn up again, as a column reference must. */
export function numbered(flow: Flow, value: Origin): Origin {
  const number = flow.account.numbers;
  flow.account.numbers += 1;
  flow.account.visited.add(number);
  return { ...value, references: joined([value.references, strand(number)]) };
}

/** A relation that was bound, and must have been followed before what refers to it. */
export function relationOf({ relations }: Flow, id: RelationId): RelationFlow {
  const found = relations.get(id);
  if (found === undefined) throw new Error(`the relation ${id} is referred to before it is followed`);
  return found;
}
