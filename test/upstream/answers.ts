import type { Column, Row } from './columns.ts';
import { type Encoding, type RowSource, rowsOf } from './rows.ts';
import type { SessionView } from './sessions.ts';

/** A statement, as whoever scripts the account sees it. */
export interface Asked {
  readonly sql: string;
  readonly binds: Readonly<Record<string, BindValue>>;
  readonly describeOnly: boolean;
  /** Of this statement alone. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly session: SessionView;
  readonly queryId: string;
  readonly requestId: string;
}

export interface BindValue {
  readonly type: string;
  readonly value: string | null | readonly (string | null)[];
}

export type Answer = ResultAnswer | FailureAnswer | TransferAnswer;

export interface ResultAnswer {
  readonly columns: readonly Column[];
  readonly rows: RowSource;
  /** Driver protocol, section 10.3. */
  readonly statementTypeId: number;
  readonly stats?: Readonly<Record<string, number>>;
  /** Where it is not what the session's client asks for. */
  readonly encoding?: Encoding;
  /** Rows in the answer itself, and in each chunk behind a link; all rows are in the answer unless this says otherwise. */
  readonly portions?: { readonly first: number; readonly chunk: number };
}

/** Driver protocol, section 10.1. */
export interface FailureAnswer {
  readonly failure: {
    readonly code: string;
    readonly sqlState: string;
    readonly message: string;
    readonly line?: number;
    readonly pos?: number;
  };
}

/** What PUT and GET are answered with: credentials of the storage (driver protocol, section 9). */
export interface TransferAnswer {
  readonly transfer: Readonly<Record<string, unknown>>;
  readonly statementTypeId: number;
}

/** Answers a statement, or leaves it to whoever is asked next. A promise is a statement that takes its time. */
export type Script = (asked: Asked, signal: AbortSignal) => Answer | undefined | Promise<Answer | undefined>;

/** Answers by a statement's text, trimmed and without a semicolon at its end. */
export function byText(answers: Readonly<Record<string, Answer | Script>>): Script {
  return (asked, signal) => {
    const text = asked.sql.trim().replace(/;$/, '');
    const answer = Object.hasOwn(answers, text) ? answers[text] : undefined;
    return typeof answer === 'function' ? answer(asked, signal) : answer;
  };
}

export function firstOf(...scripts: readonly Script[]): Script {
  return async (asked, signal) => {
    for (const script of scripts) {
      const answer = await script(asked, signal);
      if (answer !== undefined) return answer;
    }
    return undefined;
  };
}

export function selected(
  columns: readonly Column[],
  rows: readonly Row[] | RowSource,
  more: Partial<ResultAnswer> = {},
): ResultAnswer {
  return {
    columns,
    rows: 'total' in rows ? rows : rowsOf(rows),
    statementTypeId: STATEMENT_TYPES.select,
    ...more,
  };
}

/** The one row that a change is answered with, always in JSON (driver protocol, section 4.5). */
export function changed(kind: 'insert' | 'update' | 'delete', count: number): ResultAnswer {
  const counted = { insert: 'inserted', update: 'updated', delete: 'deleted' }[kind];
  const columns = [
    `number of rows ${counted}`,
    ...(kind === 'update' ? ['number of multi-joined rows updated'] : []),
  ];
  const stat = { insert: 'numRowsInserted', update: 'numRowsUpdated', delete: 'numRowsDeleted' }[kind];
  return {
    columns: columns.map((name) => ({ name, type: 'fixed', precision: 19, scale: 0 })),
    rows: rowsOf([columns.map((_, index) => (index === 0 ? String(count) : '0'))]),
    statementTypeId: STATEMENT_TYPES[kind],
    encoding: 'json',
    stats: { numRowsInserted: 0, numRowsUpdated: 0, numRowsDeleted: 0, numDmlDuplicates: 0, [stat]: count },
  };
}

/** What DDL and session statements are answered with. */
export function status(text: string, statementTypeId: number = STATEMENT_TYPES.ddl): ResultAnswer {
  return {
    columns: [{ name: 'status', type: 'text' }],
    rows: rowsOf([[text]]),
    statementTypeId,
    encoding: 'json',
  };
}

export function failure(
  code: string,
  sqlState: string,
  message: string,
  place: { readonly line?: number; readonly pos?: number } = {},
): FailureAnswer {
  return { failure: { code, sqlState, message, ...place } };
}

export const STATEMENT_TYPES = {
  select: 0x1000,
  insert: 0x3100,
  update: 0x3200,
  delete: 0x3300,
  scl: 0x4000,
  alterSession: 0x4100,
  use: 0x4300,
  show: 0x4400,
  describe: 0x4500,
  tcl: 0x5000,
  ddl: 0x6000,
  multi: 0xa000,
} as const;
