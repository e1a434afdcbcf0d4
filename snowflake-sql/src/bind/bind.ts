import { unaccounted } from '../accounting.ts';
import type { BoundInnerStatement } from '../bound/index.ts';
import type { Budget } from '../budget.ts';
import type { Catalog, ResolutionContext } from '../catalog.ts';
import type { StatementKind } from '../kinds.ts';
import type { ParsedStatement } from '../parse.ts';
import type { SourceRange } from '../source-range.ts';
import { kindOf } from '../statement-kind.ts';
import type { Statement } from '../tree/statements.ts';
import { type Binder, newNoted } from './binder.ts';
import { problemOf } from '../problem.ts';
import { bindStatement } from './statements.ts';
import { unbound } from './unbound.ts';

/** Binds every name of a statement in one session context. Pure; never throws. */
export function bind(
  parsed: ParsedStatement,
  catalog: Catalog,
  context: ResolutionContext,
  budget: Budget,
): BoundInnerStatement {
  const { statement, range, kind, source } = parsed;
  // A token that the tree does not contain may be the one that matters.
  const [lost] = unaccounted(parsed);
  if (lost !== undefined) return notBound(kind, range, 'part of the statement was not read', lost);
  return bindTree(statement, range, {
    catalog,
    context,
    source,
    budget,
    noted: newNoted(),
    parsedViews: new Map(),
    through: null,
    steps: [],
    copying: [],
    inBlock: false,
  });
}

/** Binds one statement, which may be nested in another. */
export function bindTree(tree: Statement, range: SourceRange, binder: Binder): BoundInnerStatement {
  const kind = kindOf(tree);
  binder.noted.root = tree;
  try {
    const statement = bindStatement(binder, tree);
    const { noted } = binder;
    const [left] = unbound(tree, noted);
    if (left !== undefined) {
      const place = binder.through?.range ?? { start: left.start, end: left.end };
      return notBound(kind, range, 'part of the statement could not be resolved', place);
    }
    return {
      problem: null,
      bound: {
        kind,
        range,
        tree,
        statement,
        objects: [...noted.objects.values()],
        functions: noted.functions,
        opaque: [...noted.opaque.values()],
        sessionEffects: noted.sessionEffects,
        names: noted.names,
        views: [...noted.views.values()],
        references: noted.references,
      },
    };
  } catch (thrown) {
    return { bound: null, problem: { kind, range, problem: problemOf(thrown, range) } };
  }
}

function notBound(
  kind: StatementKind,
  range: SourceRange,
  message: string,
  place: SourceRange,
): BoundInnerStatement {
  const problem = { code: 'unsupported', message, range: place } as const;
  return { bound: null, problem: { kind, range, problem } };
}
