import type { Account } from './account.ts';
import { type Answer, failure, STATEMENT_TYPES, status } from './answers.ts';
import { DEFAULT_PARAMETERS, type ParameterValue } from './parameters.ts';
import type { Session } from './sessions.ts';

const NAME = String.raw`("(?:[^"]|"")+"|[\w$]+)`;
const USE = new RegExp(
  String.raw`^use\s+(?:(role|warehouse|database|schema)\s+)?${NAME}(?:\.${NAME})?$`,
  'i',
);
const SET = /^set\s+([\w$]+)\s*=\s*(.+)$/is;
const UNSET = /^unset\s+([\w$]+)$/i;
const ALTER = /^alter\s+session\s+(set|unset)\s+(.+)$/is;
const TRANSACTION =
  /^(begin|start\s+transaction|commit|rollback)(?:\s+(?:work|transaction))?(?:\s+name\s+\S+)?$/i;

/** USE, SET, ALTER SESSION and transactions, which change the session itself; undefined for everything else. */
export function sessionStatement(account: Account, session: Session, sql: string): Answer | undefined {
  const text = sql
    .replace(/^(?:\s+|\/\*.*?\*\/|--[^\n]*\n)+/s, '')
    .trim()
    .replace(/;$/, '');
  if (/^use\s+secondary\s+roles\s+(?:all|none)$/i.test(text))
    return status('Statement executed successfully.', STATEMENT_TYPES.use);
  const use = USE.exec(text);
  if (use !== null) return runUse(account, session, use);
  const set = SET.exec(text);
  if (set !== null) {
    session.variables.set(set[1]!.toUpperCase(), set[2]!.replace(/^'(.*)'$/s, '$1').replaceAll("''", "'"));
    return status('Statement executed successfully.', STATEMENT_TYPES.scl);
  }
  const unset = UNSET.exec(text);
  if (unset !== null) {
    session.variables.delete(unset[1]!.toUpperCase());
    return status('Statement executed successfully.', STATEMENT_TYPES.scl);
  }
  const alter = ALTER.exec(text);
  if (alter !== null) return runAlter(session, alter[1]!.toLowerCase() === 'set', alter[2]!);
  const transaction = TRANSACTION.exec(text);
  if (transaction !== null) {
    session.inTransaction = /^(begin|start)/i.test(transaction[1]!);
    return status('Statement executed successfully.', STATEMENT_TYPES.tcl);
  }
  return undefined;
}

function runUse(account: Account, session: Session, [, kind, first, second]: RegExpExecArray): Answer {
  const name = stored(first!);
  const done = () => status('Statement executed successfully.', STATEMENT_TYPES.use);
  switch (kind?.toLowerCase()) {
    case 'role':
      if (!session.user.roles.includes(name) || (session.onlyRole !== null && session.onlyRole !== name))
        return failure(
          '003013',
          '42501',
          `SQL access control error:\nRequested role '${name}' is not assigned to the executing user. Specify another role to activate.`,
        );
      session.role = name;
      return done();
    case 'warehouse':
      if (!account.warehouses.includes(name)) return missing();
      session.warehouse = name;
      return done();
    case 'schema': {
      const database = second === undefined ? session.database : name;
      const schema = second === undefined ? name : stored(second);
      if (database === null || !(account.databases[database] ?? []).includes(schema)) return missing();
      session.database = database;
      session.schema = schema;
      return done();
    }
    default: {
      const schemas = account.databases[name];
      if (schemas === undefined || (second !== undefined && !schemas.includes(stored(second))))
        return missing();
      session.database = name;
      session.schema = second === undefined ? (schemas.includes('PUBLIC') ? 'PUBLIC' : null) : stored(second);
      return done();
    }
  }
}

function runAlter(session: Session, isSet: boolean, list: string): Answer {
  const changes = isSet
    ? [...list.matchAll(/([\w$]+)\s*=\s*('(?:[^']|'')*'|[\w.$-]+)/g)].map(
        ([, name, value]) => [name!.toUpperCase(), valueOf(value!)] as const,
      )
    : list.split(',').map((name) => [name.trim().toUpperCase(), null] as const);
  for (const [name] of changes) {
    if (!session.parameters.has(name) && !Object.hasOwn(DEFAULT_PARAMETERS, name))
      return failure('001501', '22023', `invalid parameter '${name}'`);
  }
  for (const [name, value] of changes) session.parameters.set(name, value ?? DEFAULT_PARAMETERS[name]!);
  return status('Statement executed successfully.', STATEMENT_TYPES.alterSession);
}

function valueOf(text: string): ParameterValue {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

/** As Snowflake stores a name that is written so. */
function stored(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toUpperCase();
}

function missing(): Answer {
  return failure(
    '002043',
    '02000',
    'SQL compilation error:\nObject does not exist, or operation cannot be performed.',
  );
}
