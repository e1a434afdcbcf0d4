import { storedHash } from '../log/stored-hash.ts';
import type { StoredEvent } from '../ports.ts';
import { contradiction } from './contradiction.ts';

/** @throws SluiceError `record_contradicted` unless the row is a whole event at this position, with this hash. */
export function checkRow(row: StoredEvent, position: number, hash: string | undefined): void {
  if (row.position !== position) throw contradiction(`event ${position} of the log is gone`);
  if (hash !== undefined && row.hash !== hash)
    throw contradiction(`${nameOf(row)} is not the one that was appended`);
  if (storedHash(row) !== row.hash) throw contradiction(`${nameOf(row)} was altered`);
}

export function nameOf({ position, session, seq }: StoredEvent): string {
  return `event ${position} of the log (session ${session}, event ${seq})`;
}
