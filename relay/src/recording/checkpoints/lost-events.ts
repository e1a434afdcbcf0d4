import type { SluiceError } from '../../errors.ts';
import type { RecordReaders } from '../ports.ts';
import { contradiction, loss } from './contradiction.ts';
import type { LogEnd } from './high-water.ts';

/** What is wrong with a store whose log had come this far; null when it still has. */
export async function lostEvents(
  { events }: Pick<RecordReaders, 'events'>,
  marked: LogEnd | null,
): Promise<SluiceError | null> {
  if (marked === null) return null;
  const size = (await events.log())?.size ?? 0;
  if (size < marked.size) {
    const which =
      marked.size - size === 1
        ? `event ${size} of the log is lost`
        : `events ${size} to ${marked.size - 1} of the log are lost`;
    return loss(`it has ${size} events, and ${marked.size} were acknowledged: ${which}`);
  }
  const [hash] = await events.hashes(marked.size - 1, marked.size);
  if (hash === marked.hash) return null;
  return contradiction(`event ${marked.size - 1} of the log is not the one that was acknowledged`);
}
