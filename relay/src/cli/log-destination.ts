import { type DestinationStream, pino } from 'pino';

/** How much of the log is kept while it cannot be written: what comes then is lost. Bytes. */
const MOST_KEPT = 1024 * 1024;

/**
 * Where the log goes. A log that cannot be written, as on a full disk, ends neither the relay nor what was about to be
 * logged: the record is elsewhere, and has rules of its own. It goes on with what was kept when there is room again.
 *
 * @param descriptor of a file or a pipe.
 */
export function logDestination(descriptor: number): DestinationStream {
  const destination = pino.destination({ dest: descriptor, sync: true, maxLength: MOST_KEPT });
  // Without this, whoever logs is thrown at.
  destination.on('error', () => {});
  return destination;
}
