import { randomBytes } from 'node:crypto';
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
): Promise<void> {
  await connection.run(`SET VARIABLE "${COMPUTED}" = (${values})`);
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
    case 'begin':
      return await begin(parts, 'client');
    case 'commit':
      return await commit(parts);
    case 'rollback':
      return await rollBack(parts);
    default:
      action satisfies never;
  }
}

export async function begin(parts: SessionParts, of: OpenTransaction['of']): Promise<void> {
  await parts.connection.run('BEGIN');
  parts.transaction = {
    of,
    id: String(BigInt(`0x${randomBytes(7).toString('hex')}`)),
    before: new Map(parts.temporary),
  };
}

/** One that fails has been rolled back. */
export async function commit(parts: SessionParts): Promise<void> {
  const { transaction, connection } = parts;
  try {
    // DuckDB commits what has failed without a word: nothing of it.
    if (transaction !== null) await connection.run('SELECT 1');
    await connection.run('COMMIT');
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
