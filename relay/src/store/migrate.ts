import { SluiceError } from '../errors.ts';
import type { Connection } from './connection.ts';

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
  },
): Promise<void> {
  const { steps, table, begin } = options;
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
    for (const { name, statements } of steps) {
      if (done.has(name)) continue;
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
