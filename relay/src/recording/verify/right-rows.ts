import { SluiceError } from '../../errors.ts';
import type { AuthoredEvent, EventsReader } from '../ports.ts';

type LookUps = Pick<EventsReader, 'before' | 'ofSession' | 'ofTypes'>;

/**
 * Look-ups by session, whose answers are compared with what was asked for. A database takes an index's word for what is in the rows that it
 * leads to, and whoever has the file can write an index byte by byte.
 *
 * @throws SluiceError `record_unavailable`, from each of them, when a row is another.
 */
export function rightRows(events: LookUps): LookUps {
  return {
    async before(session, seq, position) {
      const row = await events.before(session, seq, position);
      if (row !== null && (row.session !== session || !(row.seq < seq))) throw ledElsewhere();
      return row;
    },
    async ofSession(session, page) {
      const rows = await events.ofSession(session, page);
      requireRight(rows, session, page.after);
      return rows;
    },
    async ofTypes(session, types, within) {
      const rows = await events.ofTypes(session, types, within);
      requireRight(rows, session, -Infinity);
      if (!rows.every(({ type }) => types.some((each) => each === type))) throw ledElsewhere();
      return rows;
    },
  };
}

/** Each of that session, in the order of their numbers, where these are numbers. */
function requireRight(rows: readonly AuthoredEvent[], session: string, after: number): void {
  let last = after;
  for (const row of rows) {
    if (row.session !== session || row.seq < last) throw ledElsewhere();
    last = row.seq;
  }
}

function ledElsewhere(): SluiceError {
  return new SluiceError('record_unavailable', 'an index leads to other rows than it says', {
    advice: 'restore the database from a copy',
  });
}
