import type { RelayClient } from '@sluice/contract';
import type { Row } from './formats.ts';

export interface RowRange {
  /** The first row, from 0. */
  readonly from: number;
  /** The row after the last one. */
  readonly to: number;
}

/** Rows in one request, unless they are so large that fewer are better. */
const ROWS_A_PAGE = 2_000;

/**
 * The rows of a result that the relay keeps, page by page: no more of it is in memory than a page.
 *
 * @throws RelayError `result_unavailable` when it is no longer kept.
 */
export async function* readRows(
  statements: Pick<RelayClient['statements'], 'read'>,
  id: string,
  { from, to }: RowRange,
  signal?: AbortSignal,
): AsyncGenerator<readonly Row[]> {
  let at = from;
  while (at < to) {
    const query = { from: at, limit: Math.min(ROWS_A_PAGE, to - at), wait: 0 };
    const view = await statements.read({ params: { id }, query }, signal === undefined ? {} : { signal });
    if (view.phase !== 'succeeded' || view.rows.length === 0) return;
    yield view.rows;
    at += view.rows.length;
  }
}
