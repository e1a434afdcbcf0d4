import { parseDraft } from '@sluice/snowflake-sql/editor';

/** A text of statements, as its parts are told about: plain data, so that another thread can make it. */
export interface Script {
  readonly statements: readonly ScriptStatement[];
  readonly problems: readonly ScriptProblem[];
}

/** Places are half-open ranges of UTF-16 units, as an editor's are. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface ScriptStatement extends Span {
  /** As the parser calls it: `select`, `use_schema`. A guess for one that is broken. */
  readonly kind: string;
  /** It does not parse as it stands. */
  readonly broken: boolean;
  /** Where names are looked up after a USE before it in the same text; absent: where the session is. */
  readonly within: Within;
  /** How many statements before it in the text create something that is not there before they run. */
  readonly createdBefore: number;
}

export interface Within {
  readonly database?: string;
  readonly schema?: string;
}

export interface ScriptProblem extends Span {
  readonly message: string;
  /** What would have been accepted: keywords and symbols in backticks. */
  readonly expected: readonly string[];
}

/** Reads a text past its mistakes. In linear time, some 0.2 s for a MiB; never throws. */
export function readScript(text: string): Script {
  const draft = parseDraft(text);
  let within: Within = {};
  let created = 0;
  const statements = draft.statements.map(({ kind, range, tree }): ScriptStatement => {
    const statement = {
      start: range.start,
      end: range.end,
      kind: kind.name,
      broken: tree === null,
      within,
      createdBefore: created,
    };
    if (tree?.kind === 'use') within = afterUse(within, tree);
    if (kind.name.startsWith('create_')) created += 1;
    return statement;
  });
  const problems = draft.problems.map(({ range: { start, end }, message, expected }) => ({
    start,
    end,
    message,
    expected,
  }));
  return { statements, problems };
}

type Tree = NonNullable<ReturnType<typeof parseDraft>['statements'][number]['tree']>;

function afterUse(within: Within, { what, name }: Extract<Tree, { kind: 'use' }>): Within {
  if (name?.kind !== 'qualified_name') return within;
  const parts = name.parts.map((part) => part.name);
  const last = parts.at(-1);
  if (last === undefined) return within;
  // With a database, USE goes to its PUBLIC schema.
  if (what === 'database') return { database: last, schema: 'PUBLIC' };
  if (what !== 'schema') return within;
  const [database] = parts.length > 1 ? parts : [];
  return { ...within, ...(database === undefined ? {} : { database }), schema: last };
}

/** The statement at a place, or the one before it on the same line: where a caret behind the `;` belongs. */
export function statementAt({ statements }: Pick<Script, 'statements'>, text: string, at: number): number {
  const inside = statements.findIndex(({ start, end }) => start <= at && at <= end);
  if (inside >= 0) return inside;
  const before = statements.findLastIndex(({ end }) => end <= at);
  const next = statements.findIndex(({ start }) => start > at);
  if (before >= 0 && !/[\n\r]/.test(text.slice(statements[before]!.end, at))) return before;
  // In the comment above a statement, or on a blank line after the last one.
  if (next >= 0 && text.slice(at, statements[next]!.start).trim() !== '') return next;
  return before >= 0 ? before : next;
}

/** The statements that a selection touches. */
export function statementsIn(
  { statements }: Pick<Script, 'statements'>,
  { start, end }: Span,
): readonly number[] {
  return statements.flatMap((statement, index) =>
    statement.start < end && start < statement.end ? [index] : [],
  );
}
