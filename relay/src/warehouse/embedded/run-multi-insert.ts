import type { StatementResult } from '../result.ts';
import type { ExecutableStatement } from '../warehouse.ts';
import { bindRows, bindTo } from './binds.ts';
import { changeRows } from './change-rows.ts';
import { unsupported } from './errors.ts';
import type { Plan } from './plan.ts';
import { COMPUTED_ROWS } from './render/multi-insert.ts';
import { counted } from './results.ts';
import type { SessionParts } from './session-parts.ts';
import { statementTypes } from './statement-types.ts';

/** INSERT ALL and INSERT FIRST: the rows of all tables are counted together. */
export async function runMultiInsert(
  parts: SessionParts,
  { compute, inserts }: Extract<Plan, { kind: 'multi_insert' }>,
  { binds, describeOnly, changesAtMost }: ExecutableStatement,
): Promise<StatementResult> {
  if (describeOnly) return counted({}, statementTypes.multiInserted);
  const [row = {}, ...more] = bindRows(binds);
  if (more.length > 0) throw unsupported('several rows of binds in an INSERT into several tables');
  const { connection } = parts;
  const inserted = await changeRows(parts, {
    most: changesAtMost,
    count: null,
    async run() {
      await connection.run(`DROP TABLE IF EXISTS ${COMPUTED_ROWS}`);
      const prepared = await connection.prepare(compute);
      try {
        bindTo(prepared, row);
        await prepared.run();
      } finally {
        prepared.destroySync();
      }
      let rows = 0;
      for (const insert of inserts) rows += (await connection.run(insert)).rowsChanged;
      await connection.run(`DROP TABLE ${COMPUTED_ROWS}`);
      return rows;
    },
  });
  return counted({ inserted }, statementTypes.multiInserted);
}
