import { randomUUID } from 'node:crypto';
import { openRecordIn } from '../test/support/written-record.ts';
import { madeUpEvents } from './made-up-record.ts';

/**
 * Fills a data folder with a made-up record of the last year, through the recorder itself, for a relay that is started there.
 *
 * @param onProgress told now and then how many events there are.
 */
export async function fillDataFolder(
  data: string,
  { events, seed, onProgress }: { events: number; seed: number; onProgress?: (events: number) => void },
): Promise<void> {
  const end = Date.now();
  const clock = { now: end - YEAR_MS };
  const { recorder, close } = await openRecordIn(data, clock);
  const payloads = [await recorder.keep(Buffer.from('["1","a***@b.example","4***"]'))];
  const made = madeUpEvents({ seed, newId: randomUUID, payloads });
  for (let done = 0; done < events; done += A_COMMIT) {
    await recorder.transaction(async (tx) => {
      for (let left = Math.min(A_COMMIT, events - done); left > 0; left -= 1) {
        const { session, body } = made.next().value;
        clock.now = Math.min(end, clock.now + YEAR_MS / events);
        await tx.record(session as Parameters<typeof tx.record>[0], body);
      }
    });
    if (done % PROGRESS === 0) onProgress?.(done);
  }
  clock.now = end;
  await close();
}

const YEAR_MS = 365 * 24 * 3_600_000;
const A_COMMIT = 5_000;
const PROGRESS = 50_000;
