import type { DatabaseSync } from 'node:sqlite';

/**
 * Puts what another index has into the place of one, as somebody does who writes a database file byte by byte.
 *
 * @param evil the statement that makes the other one, with the name `evil`
 */
export function swapIndex(db: DatabaseSync, name: string, evil: string): void {
  db.exec(`${evil}; PRAGMA writable_schema = ON`);
  const [own, other] = [name, 'evil'].map((each) =>
    Number(db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(each)?.['rootpage']),
  );
  db.exec(`UPDATE sqlite_schema SET rootpage = ${other} WHERE name = '${name}';
    UPDATE sqlite_schema SET rootpage = ${own} WHERE name = 'evil'`);
  const version = Number(db.prepare('PRAGMA schema_version').get()?.['schema_version']);
  db.exec(`PRAGMA schema_version = ${version + 1}; PRAGMA writable_schema = RESET; DROP INDEX evil`);
}
