import type { Chance } from './chance.ts';
import type { Table } from './shop-schema.ts';

/** A statement about what there is, rather than what is in it: none of its answers may depend on what is in it. */
export function metadata(chance: Chance, tables: readonly Table[], scratch: readonly Table[]): string {
  const { name } = chance.pick([...tables.slice(0, 6), ...scratch, ...scratch]);
  return chance.pick([
    'SHOW TABLES IN SCHEMA SCRATCH',
    'SHOW TABLES',
    'SHOW VIEWS IN SCHEMA SCRATCH',
    'SHOW VIEWS',
    'SHOW VARIABLES',
    "SHOW VARIABLES LIKE 'V%'",
    "SHOW PARAMETERS LIKE '%FORMAT'",
    'SHOW COLUMNS IN SCHEMA SCRATCH',
    `SHOW COLUMNS IN TABLE ${name}`,
    `SHOW PRIMARY KEYS IN TABLE ${name}`,
    `DESCRIBE TABLE ${name}`,
    `COMMENT ON TABLE ${name} IS '${chance.pick(['', 'said', 'so'])}'`,
    `COMMENT ON COLUMN ${name}.${chance.pick(['ID', 'A', 'EMAIL'])} IS 'said'`,
    `ALTER TABLE ${name} SET COMMENT = 'said'`,
    'SHOW STAGES IN DATABASE',
    'SHOW FILE FORMATS IN DATABASE',
    'DROP SCHEMA SCRATCH',
    'CREATE OR REPLACE SCHEMA SCRATCH',
    `DESCRIBE VIEW ${name}`,
    'DESCRIBE RESULT LAST_QUERY_ID()',
    `SELECT GET_DDL('TABLE', '${name}')`,
    `SELECT GET_DDL('VIEW', '${name}')`,
    "SELECT GET_DDL('SCHEMA', 'SCRATCH')",
    'SELECT TABLE_NAME, TABLE_TYPE, ROW_COUNT, BYTES FROM INFORMATION_SCHEMA.TABLES ORDER BY 1',
    'SELECT TABLE_NAME, VIEW_DEFINITION FROM INFORMATION_SCHEMA.VIEWS ORDER BY 1',
    "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_DEFAULT, IS_NULLABLE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'SCRATCH' ORDER BY TABLE_NAME, 1",
    'SELECT LAST_QUERY_ID() IS NULL, CURRENT_STATEMENT()',
  ]);
}
