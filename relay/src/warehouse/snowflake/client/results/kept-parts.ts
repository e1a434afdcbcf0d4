import { setTimeout as pause } from 'node:timers/promises';
import { isSluiceError, SluiceError } from '../../../../errors.ts';
import type { KeptChunk, OpenedChunk } from '../../../result.ts';
import type { ResultData, ResultLinks } from '../answers/result-data.ts';
import { unavailable } from '../failures/unavailable.ts';
import { TransportError } from '../http.ts';
import type { ClientLimits } from '../limits.ts';
import type { FetchPart } from './fetch-part.ts';

export interface KeptPartsOptions {
  readonly fetchPart: FetchPart;
  /** Asks for the result again: its links are new then. */
  readonly renew: (signal: AbortSignal) => Promise<ResultData>;
  readonly limits: Pick<ClientLimits, 'retryMs' | 'pauseMs' | 'partBytes'>;
  /** Aborts with `result_unavailable` when the session that the result belongs to is closed. */
  readonly closed: AbortSignal;
  readonly elapsed: () => number;
  readonly random: () => number;
}

/** The parts of a result that stay in the account until they are opened. */
export function keptParts(result: ResultData, options: KeptPartsOptions): readonly KeptChunk[] {
  const { fetchPart, renew, limits, closed, elapsed, random } = options;
  let links: ResultLinks = result.links;
  let renewing: Promise<void> | null = null;

  /** Several parts expire together: one asks, and all go on with what comes of it. */
  const renewed = async (stale: ResultLinks, signal: AbortSignal) => {
    if (links !== stale) return;
    renewing ??= renewAll().finally(() => {
      renewing = null;
    });
    await orAborted(renewing, signal);
  };

  const renewAll = async () => {
    links = await renewedLinks(result, renew, closed);
  };

  const open = async (index: number, signal: AbortSignal): Promise<OpenedChunk> => {
    let failedSince: number | null = null;
    let hasRenewed = false;
    for (let count = 0; ; count += 1) {
      const used = links;
      try {
        const fetched = await fetchPart(used.parts[index]!, used.headers, result, signal);
        if (fetched !== 'expired') return fetched;
        if (hasRenewed) throw gone();
        hasRenewed = true;
        await renewed(used, signal);
        continue;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof TransportError)) throw error;
        const wait =
          Math.min(limits.pauseMs.first * 2 ** count, limits.pauseMs.longest) * (0.5 + random() / 2);
        failedSince ??= elapsed();
        if (elapsed() + wait - failedSince > limits.retryMs / 2) {
          throw unavailable('the warehouse did not give a part of the result, or not all of it');
        }
        await pause(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  };

  return result.links.parts.map(({ rowCount, uncompressedSize, compressedSize }, index) => ({
    rowCount,
    uncompressedSize,
    compressedSize,
    open: (signal) => open(index, AbortSignal.any([signal, closed])),
  }));
}

async function renewedLinks(
  before: ResultData,
  renew: KeptPartsOptions['renew'],
  closed: AbortSignal,
): Promise<ResultLinks> {
  let again: ResultData;
  try {
    again = await renew(closed);
  } catch (error) {
    if (isSluiceError(error) && error.code === 'warehouse_unavailable') throw error;
    throw gone();
  }
  if (!isSameResult(before, again)) throw gone();
  return again.links;
}

/** Its links may be others; its rows may not. */
function isSameResult(one: ResultData, other: ResultData): boolean {
  const shape = ({ encoding, columns, total, links }: ResultData) =>
    JSON.stringify([
      encoding,
      total,
      columns,
      links.parts.map(({ rowCount, uncompressedSize }) => [rowCount, uncompressedSize]),
    ]);
  return shape(one) === shape(other);
}

async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function gone(): SluiceError {
  return new SluiceError('result_unavailable', 'the warehouse keeps the result no longer', {
    advice: 'run the statement again, if it is safe to',
  });
}
