import type { Catalog, ResolutionContext } from '../catalog.ts';
import { unaccounted } from '../accounting.ts';
import type { ParseFailure } from '../failure.ts';
import type { StatementKind } from '../kinds.ts';
import { type ParsedStatement, splitStatements } from '../parse.ts';
import { kindOf } from '../statement-kind.ts';
import type { SourceRange } from '../source-range.ts';
import type { Statement } from '../tree/statements.ts';
import type { NotUnderstood, OutputColumn, Understanding } from '../understanding.ts';
import { Unresolvable } from './problem.ts';
import type { Relation } from './relation.ts';
import { newFindings, type Walk } from './walk.ts';
import { walkStatement } from './statements.ts';

/**
 * What each statement of a text means: what it reads and writes, and which base columns each column of its
 * result comes from. Pure; never throws, whatever the text.
 */
export function understand(
  sql: string,
  catalog: Catalog,
  context: ResolutionContext,
): readonly Understanding[] {
  const { statements, failure } = splitStatements(sql);
  const understood = statements.map((parsed) => understandParsed(parsed, catalog, context));
  return failure === null ? understood : [...understood, notParsed(failure)];
}

function understandParsed(
  parsed: ParsedStatement,
  catalog: Catalog,
  context: ResolutionContext,
): Understanding {
  const { statement, range, kind } = parsed;
  // A token that the tree does not hold may be the one that matters.
  const [lost] = unaccounted(parsed);
  if (lost !== undefined) {
    const problem = {
      code: 'unsupported',
      message: 'part of the statement was not read',
      range: lost,
    } as const;
    return { understood: false, kind, range, problem };
  }
  return understandTree(statement, range, {
    catalog,
    context,
    found: newFindings(),
    views: new Map(),
    through: null,
    steps: [],
  });
}

/** One statement's meaning, also of one that stands inside another. */
export function understandTree(statement: Statement, range: SourceRange, walk: Walk): Understanding {
  const kind = kindOf(statement);
  try {
    const { result, missingWhere } = walkStatement(walk, statement);
    const { found } = walk;
    return {
      understood: true,
      kind,
      range,
      objects: found.objects,
      outputs: outputsOf(result, statement),
      uses: [...found.uses.values()],
      functions: found.functions,
      flows: found.flows,
      missingWhere,
      opaque: found.opaque,
      inner: found.inner,
      sessionEffects: found.sessionEffects,
    };
  } catch (thrown) {
    return notUnderstood(kind, range, thrown);
  }
}

function outputsOf({ columns, open }: Relation, statement: Statement): readonly OutputColumn[] {
  if (open !== null) {
    throw new Unresolvable(
      'unsupported',
      `how many columns the result has is not known: ${open.reason}`,
      open.range,
    );
  }
  const range = { start: statement.start, end: statement.end };
  return columns.map(({ name, origin: { sources, unresolved } }) => ({
    name,
    sources,
    ...(unresolved === null ? {} : { unresolved }),
    range,
  }));
}

function notUnderstood(kind: StatementKind, range: SourceRange, thrown: unknown): NotUnderstood {
  if (thrown instanceof Unresolvable) return { understood: false, kind, range, problem: thrown.problem };
  // Too deep to walk, or a defect of ours: either way it is not understood, and so it is not let through.
  const code = thrown instanceof RangeError ? 'too_deep' : 'unsupported';
  const message =
    code === 'too_deep' ? 'the statement is nested too deeply' : 'the statement could not be understood';
  return { understood: false, kind, range, problem: { code, message, range } };
}

function notParsed(failure: ParseFailure): NotUnderstood {
  const { kind, range, spot, message } = failure;
  return { understood: false, kind, range, problem: { code: 'syntax', message, range: spot } };
}
