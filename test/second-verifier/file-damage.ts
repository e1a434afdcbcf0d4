import { readFileSync, writeFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { swapIndex } from '../support/swap-index.ts';
import type { Damage } from './table-damage.ts';

/** What somebody does to a store who writes its file byte by byte, or what a disk does: to what can be read of it at all. */
export function fileDamages(db: DatabaseSync): readonly Damage[] {
  return [...pageDamages(db), ...sizeDamages()];
}

const BY_SESSION = 'sqlite_autoindex_recorded_event_1';

/**
 * The entries of an index lead to other events than the table has. Whoever reads by position alone finds the same record; whoever
 * looks up may find that the look-ups cannot be believed, and never another record.
 */
export function indexDamages(db: DatabaseSync): readonly Damage[] {
  const found = db.prepare('SELECT type, min(session) AS session FROM recorded_event GROUP BY type').all();
  const kinds = found as unknown as { type: string; session: string }[];
  const swapped = (what: string, columns: string, name = BY_SESSION): Damage => ({
    what: `the index by session: ${what}`,
    apply: (copy) => swapIndex(copy, name, `CREATE INDEX evil ON recorded_event (${columns})`),
  });
  return [
    ...kinds.flatMap(({ type, session }) => [
      swapped(`${type} is of no session`, `iif(type = '${type}', 'x', session), seq`),
      swapped(`${type} is of one session`, `iif(type = '${type}', '${session}', session), seq`),
      swapped(`of ${type}, the first is missing`, `iif(type = '${type}' AND seq < 3, 'x', session), seq`),
    ]),
    swapped('everything is of one session', `iif(seq < 0, session, '${kinds[0]!.session}'), seq`),
    swapped('nothing is of any', `iif(seq < 0, session, 'x'), seq`),
    {
      what: 'the index by time has only some events',
      apply: (copy) =>
        swapIndex(
          copy,
          'recorded_event_at',
          'CREATE INDEX evil ON recorded_event (at) WHERE position % 5 > 0',
        ),
    },
  ];
}

/** Pages that hold nothing that a database would. */
function pageDamages(db: DatabaseSync): readonly Damage[] {
  const tables = [
    'recorded_event',
    'recorded_log',
    'recorded_checkpoint',
    'recorded_subtree',
    'recorded_payload',
    'recorded_data_key',
  ];
  return tables.flatMap((table) => {
    const found = db.prepare('SELECT pageno, pagetype FROM dbstat WHERE name = ? ORDER BY path').all(table);
    const pages = found as unknown as { pageno: number; pagetype: string }[];
    const chosen = pages.filter((_, index) => index % Math.ceil(pages.length / 8) === 0);
    return chosen.flatMap(({ pageno, pagetype }) =>
      [0, 0xff].map((byte): Damage => ({
        what: `page ${pageno} (${pagetype}) of ${table} is all ${byte}`,
        apply: () => {},
        applyToFile: (path) => overwrite(path, pageno, byte),
      })),
    );
  });
}

function overwrite(path: string, page: number, byte: number): void {
  const file = readFileSync(path);
  // https://www.sqlite.org/fileformat2.html#the_database_header
  const size = file.readUInt16BE(16);
  file.fill(byte, (page - 1) * size, page * size);
  writeFileSync(path, file);
}

/** Values that are larger than any that a relay writes. */
function sizeDamages(): readonly Damage[] {
  const large = (bytes: number) => `printf('%.*c', ${bytes}, 'x')`;
  return [
    ['the body of an event', `UPDATE recorded_event SET body = ${large(140_000_000)} WHERE position = 5`],
    [
      'the body of the first event',
      `UPDATE recorded_event SET body = ${large(140_000_000)} WHERE position = 0`,
    ],
    ['the note of a checkpoint', `UPDATE recorded_checkpoint SET note = ${large(9_000_000)}`],
    ['the name of the log', `UPDATE recorded_log SET relay_session = ${large(9_000_000)}`],
    ['the hash of a subtree', `UPDATE recorded_subtree SET hash = ${large(9_000_000)}`],
    ['the id of a data key', `UPDATE recorded_data_key SET id = ${large(9_000_000)}`],
  ].map(([what, sql]) => ({ what: `${what} is long`, apply: (copy) => copy.exec(sql!) }));
}
