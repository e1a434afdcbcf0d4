import { chunkOf } from '../../relay/src/encoding/index.ts';
import { isSluiceError, SluiceError } from '../../relay/src/errors.ts';
import type { Upstream, UpstreamSession } from '../../relay/src/warehouse/snowflake/client/index.ts';
import { runSql } from '../../relay/src/warehouse/embedded/testing.ts';
import type { SessionState, Warehouse } from '@sluice/relay/warehouse';

/** An embedded warehouse in the place of an account: whatever text it is sent, it answers raw. */
export function shopUpstream(warehouse: Warehouse): Upstream {
  let ids = 0;
  return {
    async openSession({ database, schema, role, warehouse: virtual, parameters }) {
      const { defaults } = warehouse;
      const opened = await warehouse.openSession(
        {
          database: database ?? defaults.database,
          schema: schema ?? defaults.schema,
          warehouse: virtual ?? defaults.warehouse,
          role: role ?? defaults.role,
        },
        undefined,
        parameters,
      );
      const stateOf = (): SessionState => opened.state;
      const session: UpstreamSession = {
        get state() {
          return stateOf();
        },
        parameters,
        async query({ sql, binds, describeOnly }) {
          const { rows, columns, statementTypeId, changed } = await runSql(opened, sql, {
            binds,
            describeOnly,
          }).catch(asAccount);
          ids += 1;
          return {
            queryId: `00000000-0000-4000-9000-${String(ids).padStart(12, '0')}`,
            statementTypeId,
            columns,
            encoding: 'json',
            total: rows.length,
            state: stateOf(),
            first: rows.length === 0 ? null : chunkOf(rows),
            kept: [],
            ...(changed === undefined ? {} : { changed }),
          };
        },
        find: async () => 'unknown',
        close: () => opened.close(),
      };
      return session;
    },
    ping: async () => true,
    close: async () => {},
  };
}

/** What a relay says of a name before it runs anything, an account says with a code. */
function asAccount(error: unknown): never {
  if (!isSluiceError(error) || error.warehouse !== undefined) throw error;
  throw new SluiceError('statement_failed', 'SQL compilation error', {
    warehouse: { code: '002003', sqlState: '02000' },
  });
}
