import { type ColumnRef, formatColumn, formatObjectName, type Understood } from '../statement/index.ts';
import type { ApprovalRequest } from './approval-request.ts';

/** What a grant covers: nothing that the approved statement did not do, in the same surroundings. */
export interface GrantBounds {
  readonly policyVersion: string;
  readonly rule: string;
  readonly role: string | null;
  readonly kinds: readonly string[];
  /** `type name access fingerprint`. */
  readonly objects: readonly string[];
  /** Read, used or written. */
  readonly columns: readonly string[];
  readonly functions: readonly string[];
  /** Files, stages and variables that values flow to. */
  readonly targets: readonly string[];
  readonly withoutWhere: boolean;
}

export function boundsOf(request: ApprovalRequest): GrantBounds {
  const { decision, session, objects } = request;
  const statements = withInner(request.understanding);
  return {
    policyVersion: decision.policyVersion,
    rule: decision.rule,
    role: session.state.role,
    kinds: unique(statements.map(({ kind }) => kind.name)),
    objects: unique(
      objects.map(({ type, name, access, fingerprint }) => `${type} ${name} ${access} ${fingerprint}`),
    ),
    columns: unique(statements.flatMap(columnsOf).map(formatColumn)),
    functions: unique(
      statements.flatMap(({ functions }) =>
        functions.map(({ name, builtIn }) => `${builtIn ? 'built-in' : 'user'} ${formatObjectName(name)}`),
      ),
    ),
    targets: unique(statements.flatMap(targetsOf)),
    withoutWhere: statements.some(({ missingWhere }) => missingWhere),
  };
}

/** Whether all that a statement does lies within a grant. What is not known of it is outside. */
export function isWithin(bounds: GrantBounds, request: ApprovalRequest): boolean {
  if (!isWhollyKnown(request.understanding)) return false;
  const asked = boundsOf(request);
  return (
    asked.policyVersion === bounds.policyVersion &&
    asked.rule === bounds.rule &&
    asked.role === bounds.role &&
    (bounds.withoutWhere || !asked.withoutWhere) &&
    LISTS.every((list) => {
      const allowed = new Set<string>(bounds[list]);
      return asked[list].every((item) => allowed.has(item));
    })
  );
}

const LISTS = ['kinds', 'objects', 'columns', 'functions', 'targets'] as const;

function isWhollyKnown(meaning: Understood): boolean {
  return (
    meaning.opaque.length === 0 &&
    meaning.outputs.every(({ unresolved }) => unresolved === undefined) &&
    meaning.flows.every(({ from }) => !('opaque' in from)) &&
    meaning.inner.every((inner) => inner.understood && isWhollyKnown(inner))
  );
}

function withInner(meaning: Understood): Understood[] {
  return [meaning, ...meaning.inner.flatMap((inner) => (inner.understood ? withInner(inner) : []))];
}

function columnsOf({ outputs, uses, flows }: Understood): ColumnRef[] {
  return [
    ...outputs.flatMap(({ sources }) => sources.map(({ column }) => column)),
    ...uses.map(({ column }) => column),
    ...flows.flatMap(({ from, to }) => [
      ...('opaque' in from ? [] : [from.column]),
      ...(to.type === 'column' ? [to.column] : []),
    ]),
  ];
}

function targetsOf({ flows }: Understood): string[] {
  return flows.flatMap(({ to }) => {
    switch (to.type) {
      case 'column':
        return [];
      case 'location':
        return [`location ${to.location}`];
      case 'variable':
        return [`variable ${to.name}`];
      default:
        return to satisfies never;
    }
  });
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
