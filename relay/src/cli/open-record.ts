import type { RelayFiles } from '../composition/files.ts';
import { openToRead } from '../store/index.ts';

/** Opens a record to look at, for as long as the work takes. */
export async function withRecord(
  files: RelayFiles,
  work: (database: ReturnType<typeof openToRead>) => Promise<void>,
): Promise<void> {
  const database = openToRead(files.database);
  try {
    await work(database);
  } finally {
    await database.destroy();
  }
}
