import { SluiceError } from '../../errors.ts';
import type { SessionState } from '../session-state.ts';
import type { ExpectedState } from './plan.ts';

/** A session's state as Snowflake tells it, in stored names: it writes those in quotes that need them. */
export function storedState({ database, schema, warehouse, role }: SessionState): SessionState {
  return {
    database: storedName(database),
    schema: storedName(schema),
    warehouse: storedName(warehouse),
    role: storedName(role),
  };
}

function storedName(name: string | null): string | null {
  const inside = name === null ? null : /^"(.*)"$/s.exec(name)?.[1];
  return inside == null ? name : inside.replaceAll('""', '"');
}

const PARTS = ['database', 'schema', 'warehouse', 'role'] as const;

/** The first part of a session's state that is not what it should be; null when all is. */
export function unexpectedPart(expected: ExpectedState, now: SessionState): keyof SessionState | null {
  return PARTS.find((part) => expected[part] !== undefined && expected[part] !== now[part]) ?? null;
}

/** The session has become another than the one that the relay decides under. */
export function becameAnother(part: keyof SessionState): SluiceError {
  return new SluiceError(
    'session_changed',
    `Snowflake tells of another ${part} than the session had: the session is closed, and what the statement answered is not given out`,
    { advice: 'look at what the statement did, and sign in again' },
  );
}
