import type { Query } from '../../queries/index.ts';

/** Where the state of a statement is asked for: bare paths, as in Snowflake's answers. */
export function statusUrlOf({ queryId, requestId }: Pick<Query, 'queryId' | 'requestId'>): string {
  return `/api/v2/statements/${queryId}?requestId=${encodeURIComponent(requestId)}`;
}

/** RFC 8288, as Snowflake documents it: the partitions around this one. */
export function linksOf(query: Query, partition: number, partitions: number): string {
  const last = partitions - 1;
  return [
    ['first', 0],
    ...(partition > 0 ? [['prev', partition - 1]] : []),
    ...(partition < last ? [['next', partition + 1]] : []),
    ['last', last],
  ]
    .map(([rel, at]) => `<${statusUrlOf(query)}&partition=${at}>;rel="${rel}"`)
    .join(',');
}
