import type { RelayFiles } from '../composition/files.ts';
import { openToRead } from '../store/index.ts';

/** Opens a record to look at, for as long as the work takes. */
export async function withRecord<Result>(
  files: RelayFiles,
  work: (database: ReturnType<typeof openToRead>) => Promise<Result>,
): Promise<Result> {
  const database = openToRead(files.database);
  try {
    return await work(database);
  } finally {
    await database.destroy();
  }
}
