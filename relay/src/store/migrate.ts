import { SluiceError } from '../errors.ts';
import type { Connection } from './connection.ts';

/** A step of the schema that is about to be taken in a database that has been used before: it may take long. */
export interface MigrationProgress {
  readonly name: string;
  /** From 1 on, of those that are to be taken. */
  readonly number: number;
  readonly of: number;
}

/** One step of the schema: all its statements, or none. */
export interface MigrationStep {
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * Brings a database to the newest schema, in one transaction that nobody else can have at the same time.
 *
 * @param table where the names of the steps that were done are kept.
 * @throws SluiceError `config_invalid` when a newer program has written it.
 */
export async function migrate(
  connection: Connection,
  options: {
    readonly steps: readonly MigrationStep[];
    readonly table: string;
    /** Opens the transaction, and makes other programs wait. */
    readonly begin: () => Promise<void>;
    readonly onStep: (progress: MigrationProgress) => void;
  },
): Promise<void> {
  const { steps, table, begin, onStep } = options;
  await begin();
  try {
    await connection.query(
      `CREATE TABLE IF NOT EXISTS ${table} (name VARCHAR(255) NOT NULL PRIMARY KEY, timestamp VARCHAR(255) NOT NULL)`,
      [],
    );
    const { rows } = await connection.query(`SELECT name FROM ${table}`, []);
    const done = new Set((rows as readonly { readonly name: string }[]).map(({ name }) => name));
    const own = new Set(steps.map(({ name }) => name));
    const unknown = [...done].filter((name) => !own.has(name));
    if (unknown.length > 0) throw newer(unknown);
    const at = new Date().toISOString();
    const due = steps.filter(({ name }) => !done.has(name));
    for (const [index, { name, statements }] of due.entries()) {
      if (done.size > 0) onStep({ name, number: index + 1, of: due.length });
      for (const statement of statements) await connection.query(statement, []);
      await connection.query(`INSERT INTO ${table} (name, timestamp) VALUES ('${name}', '${at}')`, []);
    }
    await connection.query('COMMIT', []);
  } catch (error) {
    await connection.query('ROLLBACK', []).catch(() => {});
    throw error;
  }
}

function newer(names: readonly string[]): SluiceError {
  const which = names.map((name) => `\`${name}\``).join(', ');
  return new SluiceError('config_invalid', `the database was written by a newer Sluice: it has ${which}`, {
    advice: 'start the newer version, or restore a copy from before it',
  });
}
