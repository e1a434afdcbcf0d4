import type { Binds } from '../warehouse.ts';
import { bindRows, bindTo } from './binds.ts';
import { unsupported } from './errors.ts';
import type { Plan } from './plan.ts';
import { quoteString } from './render/quote.ts';
import { variableName } from './render/variables.ts';
import type { OpenTransaction, SessionParts } from './session-parts.ts';

/** Where the values of a SET are until all of them are computed. No statement can name it. */
const COMPUTED = '~computed';

/** Values are computed at once, before any is set: when one fails, nothing has changed. */
export async function runSet(
  { connection, variables }: SessionParts,
  { values, names }: Extract<Plan, { kind: 'set' }>,
  binds: Binds,
): Promise<void> {
  const [row = {}, ...more] = bindRows(binds);
  if (more.length > 0) throw unsupported('several rows of binds in SET');
  const prepared = await connection.prepare(`SET VARIABLE "${COMPUTED}" = (${values})`);
  try {
    bindTo(prepared, row);
    await prepared.run();
  } finally {
    prepared.destroySync();
  }
  for (const [index, name] of names.entries()) {
    const value = `getvariable(${quoteString(COMPUTED)}).o${index}`;
    await connection.run(`SET VARIABLE "${variableName(name).replaceAll('"', '""')}" = ${value}`);
    variables.add(name);
  }
  await connection.run(`RESET VARIABLE "${COMPUTED}"`);
}

/** Sets a variable of a session that goes on here. */
export async function setText(
  { connection, variables }: SessionParts,
  name: string,
  text: string,
): Promise<void> {
  await connection.run(`SET VARIABLE "${variableName(name).replaceAll('"', '""')}" = ${quoteString(text)}`);
  variables.add(name);
}

export async function runUnset(
  { connection, variables }: SessionParts,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    await connection.run(`RESET VARIABLE "${variableName(name).replaceAll('"', '""')}"`);
    variables.delete(name);
  }
}

export async function runTransaction(
  parts: SessionParts,
  action: Extract<Plan, { kind: 'transaction' }>['action'],
): Promise<void> {
  switch (action) {
    // As in Snowflake: in a transaction, another BEGIN does nothing; outside of one, nothing is left to end.
    case 'begin':
      if (parts.transaction === null) await begin(parts, 'client');
      return;
    case 'commit':
      if (parts.transaction !== null) await commit(parts);
      return;
    case 'rollback':
      if (parts.transaction !== null) await rollBack(parts);
      return;
    default:
      action satisfies never;
  }
}

export async function begin(parts: SessionParts, of: OpenTransaction['of']): Promise<void> {
  const { connection, commits } = parts;
  const since = commits.now();
  await connection.run('BEGIN');
  const before = new Map(parts.temporary);
  const transaction = {
    of,
    before,
    since,
    touched: new Set<string>(),
    done: [],
    bytes: 0,
    isChanging: false,
  };
  parts.transaction = { ...transaction, id: null };
  if (of === 'statement') return;
  const started = await connection.runAndReadAll('SELECT epoch_ns(now())');
  const id = String(started.getColumns()[0]![0]);
  parts.transaction = { ...transaction, id };
  parts.lastTransaction = id;
}

/** One that fails has been rolled back. */
export async function commit(parts: SessionParts): Promise<void> {
  const { transaction, connection, commits } = parts;
  const touched = transaction?.touched ?? [];
  try {
    // DuckDB commits what has failed without a word: nothing of it.
    if (transaction !== null) await connection.run('SELECT 1');
    commits.changed(touched);
    await connection.run('COMMIT');
    commits.changed(touched);
    parts.transaction = null;
  } catch (error) {
    if (transaction !== null) await rollBack(parts).catch(() => {});
    throw error;
  }
}

export async function rollBack(parts: SessionParts): Promise<void> {
  const { transaction } = parts;
  parts.transaction = null;
  // Tables that were made in it are gone with it.
  if (transaction !== null) parts.temporary = new Map(transaction.before);
  await parts.connection.run('ROLLBACK');
}
