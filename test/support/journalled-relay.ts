// A relay as `sluice serve` runs it, whose warehouse keeps a journal of its own: what the relay's record is
// held against. Run as a process: journalled-relay.ts CONFIG JOURNAL
import { fsyncSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { openShop } from '@sluice/demo';
import { readConfig } from '@sluice/relay/config';
import { filesIn } from '../../relay/src/composition/files.ts';
import { startRelay } from '@sluice/relay';
import { watchedWarehouse } from './watched-warehouse.ts';

/** One statement that reached the warehouse. */
export interface JournalLine {
  readonly statement: string;
  readonly sql: string;
  /** The types of its events that were on disk at that moment, for another reader. */
  readonly onRecord: readonly string[];
}

const [, , configPath = '', journalPath = ''] = process.argv;
const config = readConfig(configPath);
const journal = openSync(journalPath, 'a');
const embedded = await openShop({ customers: 50 });
let record: DatabaseSync | null = null;

const warehouse = watchedWarehouse(embedded, ({ queryId, sql }) => {
  record ??= new DatabaseSync(filesIn(config.data).database, { readOnly: true });
  const rows = record
    .prepare("SELECT type FROM recorded_event WHERE json_extract(body, '$.statement') = ? AND position > ?")
    .all(queryId, newest(record) - 10_000);
  const line: JournalLine = { statement: queryId, sql, onRecord: rows.map(({ type }) => String(type)) };
  writeSync(journal, `${JSON.stringify(line)}\n`);
  fsyncSync(journal);
});

const relay = await startRelay(config, { logger: pino({ level: 'silent' }), warehouse });
process.stdout.write(`the relay listens on ${relay.url}\n`);
process.once('SIGTERM', () => void relay.close());

/** Looking only at what was recorded lately keeps the journal from slowing the load down. */
function newest(database: DatabaseSync): number {
  return Number(
    database.prepare('SELECT MAX(position) AS newest FROM recorded_event').get()?.['newest'] ?? 0,
  );
}
