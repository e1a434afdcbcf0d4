import { DatabaseSync } from 'node:sqlite';
import { canonicalJson, type EventBody } from '@sluice/contract';
import { addLeaf, type GrowingTree, leafHash, rootOf } from '../../relay/src/recording/checkpoints/merkle.ts';
import { bodyDigest, eventHash, type EventPlace } from '../../relay/src/recording/log/seal-event.ts';

/** Somebody who can write to the database file of a relay, whether it runs or not, and knows the format well. */
export function openAttacker(path: string) {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  const all = <T>(sql: string, ...values: (string | number)[]) => db.prepare(sql).all(...values) as T[];

  return {
    close: () => db.close(),
    run: (sql: string) => db.exec(sql),
    /** The position of the newest event that has this in its body. */
    find: (text: string) =>
      all<{ position: number }>(
        'SELECT position FROM recorded_event WHERE instr(body, ?) > 0 ORDER BY position DESC',
        text,
      )[0]!.position,
    /** Changes a text in an event, and every hash of its session after it. */
    rewrite(position: number, from: string, to: string) {
      const { session } = all<Row>('SELECT * FROM recorded_event WHERE position = ?', position)[0]!;
      const rows = all<Row>(
        'SELECT * FROM recorded_event WHERE session = ? AND position >= ? ORDER BY seq',
        session,
        position,
      );
      let { previous } = rows[0]!;
      for (const row of rows) {
        const body = row.position === position ? row.body!.replace(from, to) : row.body!;
        if (row.position === position && body === row.body) throw new Error('there is nothing to change');
        const digest = bodyDigest(JSON.parse(body), row.salt!);
        const hash = eventHash({ ...row, bodyDigest: digest, previous });
        db.prepare(
          'UPDATE recorded_event SET body = ?, body_digest = ?, previous = ?, hash = ? WHERE position = ?',
        ).run(canonicalJson(JSON.parse(body)), digest, previous, hash, row.position);
        previous = hash;
      }
    },
    /** Adds an event to the end of a session and of the log. It knows the form of a MAC, and no key. */
    append(session: string, body: EventBody, mac = '') {
      const [last] = all<Row>(
        'SELECT * FROM recorded_event WHERE session = ? ORDER BY seq DESC LIMIT 1',
        session,
      );
      const [log] = all<{ size: number }>('SELECT size FROM recorded_log');
      const row = { position: log!.size, ...addedRow(last!, body), mac };
      db.prepare(
        `INSERT INTO recorded_event (${Object.keys(row).join()}) VALUES (${Object.keys(row)
          .map(() => '?')
          .join()})`,
      ).run(...Object.values(row));
      db.prepare('UPDATE recorded_log SET size = ?').run(log!.size + 1);
    },
    /** Makes the stored subtrees those of the events as they are now. */
    rebuildSubtrees() {
      db.exec('DELETE FROM recorded_subtree');
      let below = all<{ hash: string }>('SELECT hash FROM recorded_event ORDER BY position').map(({ hash }) =>
        leafHash(Buffer.from(hash, 'hex')),
      );
      for (let level = 8; below.length >= 256; level += 8) {
        const full = Math.floor(below.length / 256);
        below = Array.from({ length: full }, (_, place) => {
          const tree: GrowingTree = { size: 0, peaks: [] };
          for (const hash of below.slice(place * 256, (place + 1) * 256)) addLeaf(tree, hash);
          return rootOf(tree.peaks);
        });
        for (const [place, hash] of below.entries()) {
          db.prepare('INSERT INTO recorded_subtree VALUES (?, ?, ?)').run(level, place, hash.toString('hex'));
        }
      }
    },
  };
}

/** An event that fits behind the newest one of a session, in the columns of its row. */
export function addedRow(last: Pick<Row, 'session' | 'seq' | 'at' | 'hash'>, body: EventBody) {
  const salt = 'ab'.repeat(16);
  const { session, at } = last;
  const place = { session, seq: last.seq + 1, at, type: body.type, previous: last.hash };
  const digest = bodyDigest(body, salt);
  return {
    ...place,
    salt,
    body: canonicalJson(body),
    body_digest: digest,
    hash: eventHash({ ...place, bodyDigest: digest }),
  };
}

type Row = EventPlace & {
  readonly hash: string;
  position: number;
  body: string | null;
  salt: string | null;
};
