import { SluiceError } from '../errors.ts';

/** Told of a row that lets something run, and is not what was recorded: nothing runs by it. */
export type OnRefusedRow = (what: RefusedNotice, error: SluiceError) => void;

/** The notices that say so on the record. */
export type RefusedNotice = 'device_refused' | 'grant_refused' | 'break_glass_refused' | 'approval_refused';

/** Why nothing runs by such a row, for whoever waits. */
export const NOT_AS_RECORDED = 'the database has it otherwise than it was recorded';

export function refusedRow(table: string, id: string, why: string): SluiceError {
  return new SluiceError(
    'record_contradicted',
    `the database has in ${table} a row \`${id}\`, ${why}: it is refused`,
    { advice: `find out who wrote to the table ${table}` },
  );
}
