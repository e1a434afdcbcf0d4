import type { ShownCell } from '../../../results/messages.ts';

export type ShownRow = readonly ShownCell[];

/** Rows in a page. */
export const ROWS_A_PAGE = 200;
/** Pages that are kept: whatever a result's size, no more of it is in the page. */
export const MOST_PAGES = 24;

/** The rows that were looked at last, page by page. */
export interface RowPages {
  /** Undefined where it is not there yet; then it is asked for. */
  row(index: number): ShownRow | undefined;
  /** How many pages are kept. */
  size(): number;
  /** Asks again for what could not be had. */
  retry(): void;
}

export interface RowPagesOptions {
  /** Rejects when they cannot be had. */
  readonly ask: (from: number, limit: number) => Promise<readonly ShownRow[]>;
  /** Told when rows have come, or cannot be had. */
  readonly onChange: (failure: Error | null) => void;
}

export function createRowPages({ ask, onChange }: RowPagesOptions): RowPages {
  const pages = new Map<number, readonly ShownRow[] | 'asked' | 'failed'>();
  const fetch = async (page: number) => {
    pages.set(page, 'asked');
    try {
      const rows = await ask(page * ROWS_A_PAGE, ROWS_A_PAGE);
      // Scrolled past meanwhile, and dropped.
      if (pages.get(page) !== 'asked') return;
      pages.set(page, rows);
      onChange(null);
    } catch (error) {
      pages.set(page, 'failed');
      onChange(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return {
    row(index) {
      const page = Math.floor(index / ROWS_A_PAGE);
      const kept = pages.get(page);
      if (kept === undefined) {
        void fetch(page);
        const oldest = pages.keys().next().value;
        if (pages.size > MOST_PAGES && oldest !== undefined) pages.delete(oldest);
        return undefined;
      }
      if (typeof kept === 'string') return undefined;
      // The last one that was looked at is the last one to go.
      pages.delete(page);
      pages.set(page, kept);
      return kept[index - page * ROWS_A_PAGE];
    },
    size: () => pages.size,
    retry() {
      for (const [page, kept] of pages) if (kept === 'failed') pages.delete(page);
    },
  };
}
