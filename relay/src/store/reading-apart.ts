import type { RecordReaders } from '../recording/index.ts';
import { SluiceError } from '../errors.ts';

/** The ports of the record that may be read apart from the thread and the connections that decide. */
export type ReadersApart = Pick<RecordReaders, PortApart>;

export type PortApart = 'events' | 'index' | 'terms' | 'payloads' | 'dataKeys' | 'checkpoints';

/** Reads apart are bounded: so many at once, so many waiting, and so long each. */
export interface ReadingLimits {
  readonly atOnce: number;
  /** More are turned away. */
  readonly mostWaiting: number;
  /** Milliseconds that one read may take: the longest there is takes a tenth of a second. */
  readonly patienceMs: number;
}

export const READING_LIMITS: ReadingLimits = { atOnce: 1, mostWaiting: 200, patienceMs: 20_000 };

export function tooManyReads(): SluiceError {
  return new SluiceError('record_unavailable', 'too many reads of the record are waiting', {
    advice: 'try again in a while',
    retryAfterSeconds: 5,
  });
}

export function readTooLong(cause?: unknown): SluiceError {
  return new SluiceError('record_unavailable', 'the record could not be read in time', {
    advice: 'try again, or ask for less at once',
    cause,
  });
}
