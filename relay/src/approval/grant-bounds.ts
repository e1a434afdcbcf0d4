import { type AccessProgram, canonicalJson } from '@sluice/contract';
import {
  type ColumnSource,
  type ColumnUse,
  formatColumn,
  formatIdentifier,
  formatObjectName,
  type Understood,
} from '@sluice/snowflake-sql';
import { skeletonOf } from '@sluice/snowflake-sql/analysis';
import type { AskedRequest } from './approval-request.ts';

/**
 * What a grant covers: the same statement with other values in place of its constants, and nothing that the approved
 * one did not do, in the same surroundings and from the same program. Lists are sorted, with nothing twice.
 */
export interface GrantBounds {
  readonly policyVersion: string;
  readonly rule: string;
  /** Every reason for which it was held, and who had to agree: more of them is another question. */
  readonly heldFor: string;
  readonly role: string | null;
  readonly warehouse: string | null;
  readonly application: string;
  readonly protocol: string;
  readonly agent: string | null;
  readonly tokenClient: string | null;
  /** `skeletonOf` its text. */
  readonly skeleton: string;
  /** What of the result is not computed on values. */
  readonly computedOn: string;
  readonly withoutWhere: boolean;
  readonly kinds: readonly string[];
  /** `type name access fingerprint`. */
  readonly objects: readonly string[];
  /** `how column treatment`. */
  readonly outputs: readonly string[];
  /** `use how column by`. */
  readonly uses: readonly string[];
  /** `how column -> target`. */
  readonly flows: readonly string[];
  /** `how column`, or `how table` for whole rows. */
  readonly writes: readonly string[];
  readonly functions: readonly string[];
}

/** What a grant given with this request would cover; null when like statements cannot be told from others. */
export function boundsOf(request: AskedRequest): GrantBounds | null {
  const { decision, session, objects, understanding } = request;
  const skeleton = skeletonOf(request.sql);
  if (skeleton === null || !isGrantable(request)) return null;
  // Under other formats or in another zone, the same statement is not the one that was agreed to.
  if (request.kind === 'statement' && (request.parameters ?? []).length > 0) return null;
  const { state } = session;
  const { application, protocol, agent, tokenClient } = programOf(request);
  return {
    policyVersion: decision.policyVersion,
    rule: decision.rule,
    heldFor: canonicalJson([decision.reason, decision.ask]),
    role: state.role,
    warehouse: state.warehouse,
    application,
    protocol,
    agent,
    tokenClient,
    skeleton,
    computedOn: canonicalJson(decision.computedOn ?? null),
    withoutWhere: understanding.missingWhere,
    kinds: [understanding.kind.name],
    objects: unique(
      objects.map(({ type, name, access, fingerprint }) => `${type} ${name} ${access} ${fingerprint}`),
    ),
    outputs: unique(outputsOf(request)),
    uses: unique(understanding.uses.map(textOfUse)),
    flows: unique(understanding.flows.flatMap(flowTexts)),
    writes: unique(understanding.writes.flatMap(writeTexts)),
    functions: unique(
      understanding.functions.map(
        ({ name, builtIn }) => `${builtIn ? 'built-in' : 'user'} ${formatObjectName(name)}`,
      ),
    ),
  };
}

type Program = Omit<AccessProgram, 'protocol'> & { readonly protocol: string };

/** Whose statements a grant is for: the program that sent this one, or that access is asked for. */
function programOf(request: AskedRequest): Program {
  if (request.kind === 'access') return request.terms.program;
  const { client, identity } = request.session;
  return { ...client, tokenClient: identity.tokenClient };
}

/** Whether statements under it do anything with a table or view of this full name. */
export function isOn(bounds: GrantBounds, name: string): boolean {
  return bounds.objects.some((text) => text.startsWith(`table ${name} `) || text.startsWith(`view ${name} `));
}

/** Whether all that a statement does, as `boundsOf` says it, lies within a grant. */
export function isWithin(bounds: GrantBounds, asked: GrantBounds): boolean {
  return (
    SAME.every((name) => asked[name] === bounds[name]) &&
    (bounds.withoutWhere || !asked.withoutWhere) &&
    LISTS.every((name) => {
      const allowed = new Set<string>(bounds[name]);
      return asked[name].every((item) => allowed.has(item));
    })
  );
}

const SAME = [
  'policyVersion',
  'rule',
  'heldFor',
  'role',
  'warehouse',
  'application',
  'protocol',
  'agent',
  'tokenClient',
  'skeleton',
  'computedOn',
] as const satisfies readonly (keyof GrantBounds)[];

const LISTS = [
  'kinds',
  'objects',
  'outputs',
  'uses',
  'flows',
  'writes',
  'functions',
] as const satisfies readonly (keyof GrantBounds)[];

/** Those of which the analysis knows all that they do, and of which rows can be counted. */
const GRANTABLE: ReadonlySet<string> = new Set([
  'select',
  'set_operation',
  'values',
  'insert',
  'insert_all',
  'update',
  'delete',
  'merge',
]);

function isGrantable(request: AskedRequest): boolean {
  const { kind, opaque, outputs, flows, writes, inner } = request.understanding;
  return (
    !(request.kind === 'statement' && request.describeOnly) &&
    GRANTABLE.has(kind.name) &&
    inner.length === 0 &&
    opaque.length === 0 &&
    outputs.every(({ unresolved }) => unresolved === undefined) &&
    writes.every(({ how, columns }) => how === 'delete' || columns !== null) &&
    flows.every(({ from, to }) => !('opaque' in from) && to.type === 'column')
  );
}

function outputsOf({ understanding, decision }: AskedRequest): string[] {
  return understanding.outputs.flatMap(({ sources }, index) => {
    const mask = decision.masks.find(({ output }) => output === index);
    const treatment = mask === undefined ? 'as it is' : canonicalJson(mask.policy);
    return sources.map((source) => `${textOfSource(source)} ${treatment}`);
  });
}

function textOfSource({ column, how, path }: ColumnSource): string {
  return `${how} ${formatColumn(column)} ${canonicalJson(path ?? [])}`;
}

function textOfUse({ column, path, as, how, fails, by }: ColumnUse): string {
  return `${as} ${how ?? 'unknown'} ${formatColumn(column)} ${canonicalJson([path ?? [], fails ?? false, by ?? ''])}`;
}

function flowTexts({ from, to }: Understood['flows'][number]): string[] {
  // Others than these are not granted.
  return 'opaque' in from || to.type !== 'column'
    ? []
    : [`${textOfSource(from)} -> ${formatColumn(to.column)}`];
}

function writeTexts({ object, how, columns }: Understood['writes'][number]): string[] {
  const name = formatObjectName(object);
  return columns === null
    ? [`${how} ${name}`]
    : columns.map((column) => `${how} ${name}.${formatIdentifier(column)}`);
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
