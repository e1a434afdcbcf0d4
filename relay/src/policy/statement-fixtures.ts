import { identityId, type Identity } from '../identity/index.ts';
import type {
  ColumnFlow,
  ColumnRef,
  ColumnSource,
  ColumnUse,
  NotUnderstood,
  ObjectName,
  ObjectUse,
  OutputColumn,
  SourceRange,
  StatementKind,
  Understood,
} from '@sluice/snowflake-sql';
import type { DecisionContext } from './context.ts';
import { loadPolicy } from './load.ts';
import type { Policy } from './policy.ts';
import { NO_USAGE } from './usage.ts';

/** Statements and contexts written by hand, so that tests of the policy do not rest on the parser. */
export const WHOLE: SourceRange = { start: 0, end: 100 };

export function table(name: string): ObjectName {
  return { database: 'SHOP', schema: 'PUBLIC', name };
}

/** `CUSTOMERS.EMAIL` in SHOP.PUBLIC. */
export function column(text: string): ColumnRef {
  const [object, name] = text.split('.');
  return { object: table(object!), column: name! };
}

export function source(
  text: string,
  how: ColumnSource['how'] = 'direct',
  path?: readonly string[],
): ColumnSource {
  return { column: column(text), how, ...(path && { path }) };
}

export function output(name: string, ...sources: readonly ColumnSource[]): OutputColumn {
  return { name, sources, range: { start: 7, end: 12 } };
}

export const unresolvedOutput: OutputColumn = {
  name: 'X',
  sources: [],
  unresolved: { opaque: true, reason: 'a function of unknown result', range: { start: 7, end: 12 } },
  range: { start: 7, end: 12 },
};

export function use(text: string, as: ColumnUse['as'], path?: readonly string[]): ColumnUse {
  return { column: column(text), as, range: { start: 40, end: 45 }, ...(path && { path }) };
}

export function access(
  text: string,
  access: ObjectUse['access'] = 'read',
  type: ObjectUse['type'] = 'table',
): ObjectUse {
  return { type, name: table(text), access, range: { start: 20, end: 30 } };
}

export function copy(from: string, to: string): ColumnFlow {
  return { from: source(from), to: { type: 'column', column: column(to) }, range: { start: 50, end: 60 } };
}

export function statement(parts: Partial<Understood> = {}): Understood {
  return {
    understood: true,
    kind: { family: 'query', name: 'select' },
    range: WHOLE,
    objects: [],
    outputs: [],
    uses: [],
    functions: [],
    flows: [],
    writes: [],
    missingWhere: false,
    opaque: [],
    inner: [],
    sessionEffects: [],
    ...parts,
  };
}

/** `SELECT <outputs> FROM <their tables>`. */
export function select(...outputs: readonly OutputColumn[]): Understood {
  const tables = new Set(outputs.flatMap(({ sources }) => sources.map(({ column }) => column.object.name)));
  return statement({ outputs, objects: [...tables].map((name) => access(name)) });
}

export function dml(
  name: 'insert' | 'update' | 'delete' | 'merge',
  target: string,
  parts: Partial<Understood> = {},
): Understood {
  const kind: StatementKind = { family: 'dml', name };
  return statement({ kind, objects: [access(target, 'write')], ...parts });
}

export const notUnderstood: NotUnderstood = {
  understood: false,
  kind: { family: 'query', name: 'select' },
  range: WHOLE,
  problem: { code: 'syntax', message: 'expected a table', range: { start: 14, end: 15 } },
};

export function someone(name: string, ...groups: readonly string[]): Identity {
  return {
    id: identityId('https://issuer.test', name.toLowerCase()),
    issuer: 'https://issuer.test',
    subject: name.toLowerCase(),
    name,
    person: {},
    groups,
    kind: 'person',
    tokenId: null,
    tokenClient: null,
    signedInAt: null,
    acr: null,
    mayDecide: false,
    issuedAt: 0,
    expiresAt: 0,
  };
}

/** Friday, 2026-11-20, 12:00 UTC. */
export const NOON = Date.UTC(2026, 10, 20, 12);

export function asked(by: Identity, parts: Partial<DecisionContext> = {}): DecisionContext {
  return {
    identity: by,
    client: { application: 'PythonConnector', protocol: 'snowflake', agent: null },
    state: { role: null },
    now: NOON,
    usage: NO_USAGE,
    tags: { tagsOf: () => [] },
    breakGlass: null,
    floor: true,
    ...parts,
  };
}

/** A policy from its YAML, or a failure that shows its problems. */
export function policyOf(text: string): Policy {
  const loaded = loadPolicy(text);
  if (loaded.problems !== undefined) throw new Error(JSON.stringify(loaded.problems));
  return loaded.policy;
}
