import type { RelayClient, StatementView } from '@sluice/contract';
import type { ResultColumn } from './columns.ts';
import type { Row } from './formats.ts';

/** A relay's statements of which one has succeeded, for tests. It notes the pages that are read. */
export function keptResult(id: string, columns: readonly ResultColumn[], rows: readonly Row[]) {
  const asked: { readonly from: number; readonly limit: number }[] = [];
  const read = async ({ params, query = {} }: Parameters<RelayClient['statements']['read']>[0]) => {
    if (params.id !== id) throw new Error('there is no such statement');
    const from = Number(query.from ?? 0);
    const limit = Number(query.limit ?? 1_000);
    asked.push({ from, limit });
    const page = rows.slice(from, from + limit);
    const view: StatementView = {
      version: 1,
      id,
      phase: 'succeeded',
      columns: [...columns],
      rowCount: rows.length,
      rows: page.map((row) => [...row]),
      next: from + page.length < rows.length ? from + page.length : null,
    };
    return view;
  };
  return { statements: { read } as unknown as Pick<RelayClient['statements'], 'read'>, asked };
}

export function textColumn(name: string, more: Partial<ResultColumn> = {}): ResultColumn {
  return { name, type: 'text', precision: null, scale: null, ...more };
}
