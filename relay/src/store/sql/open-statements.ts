import type { OpenStatement, OpenStatementsStore } from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import type { Database } from '../connection.ts';
import type { Tables } from '../tables.ts';
import { inChunks } from './chunks.ts';

export function openStatementsOn(db: Database): OpenStatementsStore {
  return {
    async all() {
      return (await db.selectFrom('recorded_open_statement').selectAll().execute()).map(openStatement);
    },
    async find(statement) {
      const row = await db
        .selectFrom('recorded_open_statement')
        .selectAll()
        .where('statement', '=', statement)
        .executeTakeFirst();
      return row === undefined ? null : openStatement(row);
    },
    async move(statement, relay) {
      await db
        .updateTable('recorded_open_statement')
        .set({ relay })
        .where('statement', '=', statement)
        .execute();
    },
    async add(statements) {
      const rows = statements.map((one) => ({
        ...one,
        executed: one.executed ? (1 as const) : (0 as const),
      }));
      for (const some of inChunks(rows, 1_000)) {
        // One that was held when its relay ended is sent again by the next one.
        await db
          .insertInto('recorded_open_statement')
          .values(some)
          .onConflict((conflict) =>
            conflict.column('statement').doUpdateSet((row) => ({
              relay: row.ref('excluded.relay'),
              executed: row.ref('excluded.executed'),
            })),
          )
          .execute();
      }
    },
    async executed(statements, relay) {
      for (const some of inChunks(statements, 1_000)) {
        await db
          .updateTable('recorded_open_statement')
          .set({ executed: 1, relay })
          .where('statement', 'in', some)
          .execute();
      }
    },
    async remove(statements) {
      for (const some of inChunks(statements, 1_000)) {
        await db.deleteFrom('recorded_open_statement').where('statement', 'in', some).execute();
      }
    },
  };
}

function openStatement({
  statement,
  session,
  relay,
  executed,
}: Tables['recorded_open_statement']): OpenStatement {
  return { statement, session: session as SessionId, relay, executed: executed === 1 };
}
