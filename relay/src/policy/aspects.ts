import {
  type ColumnFlow,
  type ColumnRef,
  type ColumnSource,
  type ColumnUse,
  type FunctionUse,
  type ObjectUse,
  type OpaquePart,
  type OutputColumn,
  type SourceRange,
  type Understood,
} from '@sluice/snowflake-sql';
import { isDeclared } from './declared.ts';
import type { FlowTo, Policy, What } from './policy.ts';
import { anyGlob } from './patterns.ts';
import { sensitivityOf } from './sensitivity.ts';
import type { TagLookup } from './tags.ts';

/**
 * One thing that a statement does and that a rule can speak of. Restricting rules need one aspect that matches;
 * permitting rules must, together, cover all aspects that need cover.
 */
export type Aspect =
  | { readonly type: 'object'; readonly use: ObjectUse; readonly range: SourceRange }
  | {
      readonly type: 'read';
      readonly output: OutputColumn;
      readonly tags: readonly string[];
      readonly range: SourceRange;
    }
  | {
      readonly type: 'use';
      readonly use: ColumnUse;
      readonly tags: readonly string[];
      readonly range: SourceRange;
    }
  | {
      readonly type: 'flow';
      readonly flow: ColumnFlow;
      readonly tags: readonly string[] | 'any';
      readonly to: FlowTo;
      readonly range: SourceRange;
    }
  | { readonly type: 'function'; readonly use: FunctionUse; readonly range: SourceRange }
  | { readonly type: 'missing_where'; readonly range: SourceRange }
  | {
      readonly type: 'opaque';
      readonly part: OpaquePart;
      readonly by: FunctionUse | null;
      readonly range: SourceRange;
    }
  | { readonly type: 'unresolved'; readonly output: OutputColumn; readonly range: SourceRange };

/** What is known of columns' tags while one statement, perhaps inside a block, is looked at. */
export interface StatementTags {
  /** With what the statements around it carry. */
  readonly now: TagLookup;
  /** Before any of them ran: whether a flow launders is judged by these. */
  readonly before: TagLookup;
}

/** Everything that one statement does, its inner statements left aside. */
export function aspectsOf(policy: Policy, statement: Understood, tags: StatementTags): readonly Aspect[] {
  const tagsAt = (source: Pick<ColumnSource, 'column' | 'path'>) =>
    unique(sensitivityOf(policy, tags.now, source).map(({ tag }) => tag));
  const tagsBefore = (column: ColumnRef) =>
    sensitivityOf(policy, tags.before, { column }).map(({ tag }) => tag);
  return [
    ...statement.objects.map((use): Aspect => ({ type: 'object', use, range: use.range })),
    ...statement.outputs.flatMap((output): Aspect[] => {
      const found = unique(output.sources.filter(({ how }) => how !== 'counted').flatMap(tagsAt));
      return [
        ...(found.length > 0 ? [{ type: 'read' as const, output, tags: found, range: output.range }] : []),
        ...(output.unresolved && !isDeclared(policy, output.unresolved)
          ? [{ type: 'unresolved' as const, output, range: output.range }]
          : []),
      ];
    }),
    ...statement.uses.flatMap((use): Aspect[] => {
      const found = tagsAt(use);
      // Beside its table's key a value decides nothing: that is no use of it that a rule could mean.
      return found.length > 0 && !use.keyed ? [{ type: 'use', use, tags: found, range: use.range }] : [];
    }),
    ...statement.flows.flatMap((flow) => flowAspects(flow, tagsAt, tagsBefore)),
    ...statement.functions.map((use): Aspect => ({ type: 'function', use, range: use.range })),
    ...(statement.missingWhere ? [{ type: 'missing_where' as const, range: statement.range }] : []),
    ...statement.opaque.map((part): Aspect => ({
      type: 'opaque',
      part,
      by: statement.functions.find(({ range }) => sameRange(range, part.range)) ?? null,
      range: part.range,
    })),
    ...undeclaredFunctions(policy, statement),
  ];
}

/** Whether an aspect meets the condition that a rule has for its type; `null` when the rule has none. */
export function meets(what: What, aspect: Aspect): boolean | null {
  switch (aspect.type) {
    case 'object':
      return what.objects === undefined
        ? null
        : what.objects.some((condition) => coversObject(condition, aspect.use));
    case 'read':
      return what.reads === undefined ? null : aspect.tags.some(what.reads);
    case 'use':
      return (
        what.uses?.some(
          ({ tags, as }) => aspect.tags.some(tags) && (as === null || as.includes(aspect.use.as)),
        ) ?? null
      );
    case 'flow':
      return (
        what.flows?.some(
          ({ tags, to }) =>
            (aspect.tags === 'any' || aspect.tags.some(tags)) && (to === null || to.includes(aspect.to)),
        ) ?? null
      );
    case 'function':
      return what.functions?.(functionName(aspect.use)) ?? null;
    case 'missing_where':
      return what.missingWhere ?? null;
    case 'opaque':
      return what.opaque ?? null;
    case 'unresolved':
      return what.unresolved ?? null;
    default:
      return aspect satisfies never;
  }
}

/** As `meets`, for permitting rules: every tag must be named, not just one of several. */
export function covers(what: What, aspect: Aspect): boolean {
  switch (aspect.type) {
    case 'object':
      return what.objects === undefined || meets(what, aspect) === true;
    case 'use':
      return aspect.tags.every((tag) =>
        what.uses?.some(({ tags, as }) => tags(tag) && (as === null || as.includes(aspect.use.as))),
      );
    case 'flow': {
      // What flows from an opaque part may carry anything: only a rule for every tag covers it.
      const carried = aspect.tags === 'any' ? ['*'] : aspect.tags;
      return carried.every((tag) =>
        what.flows?.some(({ tags, to }) => tags(tag) && (to === null || to.includes(aspect.to))),
      );
    }
    case 'read':
    case 'missing_where':
      return true;
    case 'opaque':
      // Who may call a function by its name may not know what it does.
      return (
        what.opaque === true || (aspect.by !== null && what.functions?.(functionName(aspect.by)) === true)
      );
    case 'function':
    case 'unresolved':
      return meets(what, aspect) === true;
    default:
      return aspect satisfies never;
  }
}

/** Whether some rule must permit this; the rest is for restricting rules only. */
export function needsCover(aspect: Aspect): boolean {
  switch (aspect.type) {
    case 'object':
    case 'flow':
    case 'opaque':
    case 'unresolved':
      return true;
    case 'use':
      // Counting says nothing of a value, and an aggregate reaches nobody but through outputs, which are masked.
      return aspect.use.as !== 'count' && aspect.use.as !== 'aggregate';
    case 'function':
      return aspect.use.builtIn && guardedFunction(aspect.use.name.name);
    case 'read':
    case 'missing_where':
      return false;
    default:
      return aspect satisfies never;
  }
}

/**
 * Built-in functions that reach beyond the query: system functions with side effects, links that fetch files
 * past the relay, definitions with literals in them, models that are sent the data.
 */
const guardedFunction = anyGlob([
  'SYSTEM$*',
  'GET_PRESIGNED_URL',
  'BUILD_*_FILE_URL',
  'GET_DDL',
  'GET_STAGE_LOCATION',
  'AI_*',
  'COMPLETE',
  'TRY_COMPLETE',
]);

export function functionName(use: FunctionUse): string {
  return [use.name.database, use.name.schema, use.name.name].filter((part) => part !== '').join('.');
}

function flowAspects(
  flow: ColumnFlow,
  tagsAt: (source: Pick<ColumnSource, 'column' | 'path'>) => readonly string[],
  tagsBefore: (column: ColumnRef) => readonly string[],
): readonly Aspect[] {
  const base = { type: 'flow' as const, flow, to: flow.to.type, range: flow.range };
  if ('opaque' in flow.from) return [{ ...base, tags: 'any' }];
  if (flow.from.how === 'counted') return [];
  // Where the target carries the same tags already, nothing is laundered: but only a whole value looks there as it
  // does here. Its masks show parts of what is put together from parts.
  const isWhole = flow.from.how === 'direct' && flow.from.path === undefined;
  const carried = flow.to.type === 'column' && isWhole ? tagsBefore(flow.to.column) : [];
  const laundered = tagsAt(flow.from).filter((tag) => !carried.includes(tag));
  return laundered.length > 0 ? [{ ...base, tags: laundered }] : [];
}

/** A function whose body is elsewhere may do anything, unless the policy vouches for it. */
function undeclaredFunctions(policy: Policy, statement: Understood): readonly Aspect[] {
  return statement.functions
    .filter((use) => !use.builtIn && !policy.declared(use.name))
    .filter((use) => !statement.opaque.some(({ range }) => sameRange(range, use.range)))
    .map((use): Aspect => ({
      type: 'opaque',
      by: use,
      part: { opaque: true, reason: `the function ${functionName(use)} is not declared`, range: use.range },
      range: use.range,
    }));
}

function sameRange(one: SourceRange, other: SourceRange): boolean {
  return one.start === other.start && one.end === other.end;
}

function coversObject(condition: NonNullable<What['objects']>[number], use: ObjectUse): boolean {
  return (
    (condition.access === null || condition.access.includes(use.access)) &&
    (condition.types === null || condition.types.includes(use.type)) &&
    condition.names.some((matches) => matches(use.name))
  );
}

function unique(tags: readonly string[]): readonly string[] {
  return [...new Set(tags)];
}
