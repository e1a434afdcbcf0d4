import { quotedIdentifier } from '@sluice/snowflake-sql';
import { byBytes } from '../../by-bytes.ts';
import type { ListedObject, WarehouseCatalog } from '../../catalog.ts';
import type { Ask } from '../ask.ts';
import { noneWhereUnknown } from './information-schema.ts';

/** Names of what the session's role sees, place by place. */
export function listingsOf(ask: Ask): Omit<WarehouseCatalog, 'load'> {
  return {
    async databases() {
      const rows = await ask('SHOW DATABASES');
      return rows.flatMap(({ NAME: name }) => (name == null ? [] : [name])).toSorted(byBytes);
    },
    async schemas(database) {
      const sql = `SELECT SCHEMA_NAME FROM ${quotedIdentifier(database)}.INFORMATION_SCHEMA.SCHEMATA`;
      const rows = await ask(sql).catch(noneWhereUnknown);
      return rows.flatMap(({ SCHEMA_NAME: name }) => (name == null ? [] : [name])).toSorted(byBytes);
    },
    async objects({ database, schema }, { after, most, names }) {
      if (names.length === 0) return [];
      const patterns = names.map((literals) =>
        literals.map((text) => text.replaceAll(/[%_!]/g, '!$&')).join('%'),
      );
      const conditions = [
        'TABLE_SCHEMA = ?',
        ...(after === null ? [] : ['TABLE_NAME > ?']),
        `(${patterns.map(() => "TABLE_NAME LIKE ? ESCAPE '!'").join(' OR ')})`,
      ];
      const sql = `SELECT TABLE_NAME, TABLE_TYPE FROM ${quotedIdentifier(database)}.INFORMATION_SCHEMA.TABLES WHERE ${conditions.join(' AND ')} ORDER BY TABLE_NAME LIMIT ${most}`;
      const rows = await ask(sql, [schema, ...(after === null ? [] : [after]), ...patterns]).catch(
        noneWhereUnknown,
      );
      return rows.flatMap(({ TABLE_NAME: name, TABLE_TYPE: type }): ListedObject[] =>
        name == null
          ? []
          : [{ name: { database, schema, name }, type: /VIEW/.test(type ?? '') ? 'view' : 'table' }],
      );
    },
  };
}
