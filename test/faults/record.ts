import { execFile } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { EventBody } from '@sluice/contract';
import { expect } from 'vitest';
import { filesIn } from '../../relay/src/composition/files.ts';

const PROGRAM = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));

/** One event as it is in the database, whoever writes there. */
export type Recorded = EventBody & { readonly at: string };

/** Every event of a data folder's record that is there, in the order of the log. */
export function recordIn(data: string): readonly Recorded[] {
  const database = new DatabaseSync(filesIn(data).database, { readOnly: true });
  try {
    const rows = database.prepare('SELECT at, body FROM recorded_event ORDER BY position').all();
    return rows.map(({ at, body }) => ({ ...JSON.parse(String(body)), at }) as Recorded);
  } finally {
    database.close();
  }
}

/** The types of the events of the statement with this text, from when it was sent to its end. */
export function fateOf(data: string, sql: string): readonly string[] {
  const record = recordIn(data);
  const sent = record.flatMap((event) =>
    event.type === 'statement' && event.sql === sql ? [event.statement] : [],
  );
  return record
    .filter((event) => 'statement' in event && event.statement !== null && sent.includes(event.statement))
    .map((event) => (event.type === 'error' ? `error ${event.code}` : event.type));
}

/** By `sluice verify`, as anybody would. */
export async function provesItself(data: string): Promise<void> {
  const { database, signingKey } = filesIn(data);
  expect(await sluice('verify', database, '--key', `${signingKey}.pub`)).toContain('intact');
}

/** What a command prints. Rejects when it fails. */
export async function sluice(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args]);
  return stdout;
}
