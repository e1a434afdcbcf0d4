import type { Catalog, ResolutionContext } from '../catalog.ts';
import { formatColumn, formatObjectName, type ObjectName } from '../object-name.ts';
import type { SourceRange } from '../source-range.ts';
import type {
  ColumnFlow,
  ColumnUse,
  FunctionUse,
  ObjectAccess,
  ObjectType,
  ObjectUse,
  OpaquePart,
  SessionEffect,
  Understanding,
  UseKind,
} from '../understanding.ts';
import type { Origin } from './origin.ts';
import type { Relation } from './relation.ts';

/** What one statement's walk needs and gathers. */
export interface Walk {
  readonly catalog: Catalog;
  readonly context: ResolutionContext;
  readonly found: Findings;
  /** Relations of views, so that one that is named often is followed once. */
  readonly views: Map<string, Relation>;
  /** Set while a view's definition is followed: its place in the text is where the view is named. */
  readonly through: { readonly view: ObjectName; readonly range: SourceRange } | null;
  /** The results of the steps before this one, of a flow. */
  readonly steps: readonly Relation[];
}

export interface Findings {
  readonly objects: ObjectUse[];
  readonly uses: Map<string, ColumnUse>;
  readonly functions: FunctionUse[];
  readonly flows: ColumnFlow[];
  readonly opaque: OpaquePart[];
  readonly inner: Understanding[];
  readonly sessionEffects: SessionEffect[];
}

export function newFindings(): Findings {
  return {
    objects: [],
    uses: new Map(),
    functions: [],
    flows: [],
    opaque: [],
    inner: [],
    sessionEffects: [],
  };
}

export function noteObject(
  walk: Walk,
  type: ObjectType,
  name: ObjectName,
  access: ObjectAccess,
  at: SourceRange,
) {
  const range = placeOf(walk, at);
  const { through } = walk;
  const same = (use: ObjectUse) =>
    use.access === access && use.type === type && formatObjectName(use.name) === formatObjectName(name);
  if (walk.found.objects.some(same)) return;
  walk.found.objects.push({ type, name, access, range, ...(through ? { through: through.view } : {}) });
}

/** Notes how the base columns of a value are used beside being output. */
export function noteUse(walk: Walk, origin: Origin, as: UseKind, at: SourceRange): void {
  for (const { column, path } of origin.sources) {
    const key = `${as} ${formatColumn(column)} ${path?.join('.') ?? ''}`;
    if (walk.found.uses.has(key)) continue;
    walk.found.uses.set(key, { column, as, range: placeOf(walk, at), ...(path ? { path } : {}) });
  }
  // A predicate on something unknown may be a predicate on anything.
  if (origin.unresolved !== null) noteOpaque(walk, origin.unresolved);
}

export function noteOpaque(walk: Walk, part: OpaquePart): void {
  const range = placeOf(walk, part.range);
  const known = walk.found.opaque.some(
    (other) => other.reason === part.reason && other.range.start === range.start,
  );
  if (!known) walk.found.opaque.push({ ...part, range });
}

export function noteFunction(walk: Walk, name: ObjectName, builtIn: boolean, at: SourceRange): void {
  walk.found.functions.push({ name, builtIn, range: placeOf(walk, at) });
}

/** Inside a view's definition, offsets are not of the statement's text. */
export function placeOf({ through }: Walk, { start, end }: SourceRange): SourceRange {
  return through ? through.range : { start, end };
}
