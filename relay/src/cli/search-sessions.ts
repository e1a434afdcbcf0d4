import type { RecordedEvent, RelayClient, SearchPage } from '@sluice/contract';
import { folded, quoted, revealed, shown, type ShownText, word } from '../text/index.ts';
import { shortId } from './short-ids.ts';
import { jsonLine } from './terminal-text.ts';

type Query = NonNullable<NonNullable<Parameters<RelayClient['sessions']['search']>[0]>['query']>;

/** `sluice sessions search`: newest first, up to `limit` of them. The search itself is on the record. */
export async function searchSessionsCommand(
  relay: Pick<RelayClient, 'sessions'>,
  { query, limit, json }: { readonly query: Query; readonly limit: number; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  let left = limit;
  let next = query.cursor === undefined ? null : Number(query.cursor);
  let unindexed = 0;
  do {
    const page: SearchPage = await relay.sessions.search({
      query: { ...query, limit: Math.min(left, PAGE), ...(next === null ? {} : { cursor: next }) },
    });
    left -= page.found.length;
    for (const found of page.found) {
      if (json) print(jsonLine(found));
      else for (const line of foundLines(found)) print(line);
    }
    ({ next, unindexed } = page);
  } while (next !== null && left > 0);
  if (json) return;
  if (unindexed > 0) print(shown`${unindexed} older events are not in the index yet; ask again later`);
  if (left === limit) print('nothing was found');
  else if (next !== null) print(shown`there may be more: go on with --cursor ${next}`);
}

const PAGE = 200;

function foundLines({ event, excerpt }: SearchPage['found'][number]): readonly ShownText[] {
  const place = shown`${word(shortId(event.session))} ${event.seq}`;
  const text = excerpt === null ? shown`` : shown`  ${quoted(excerpt.text, { most: 400 })}`;
  return folded(shown`${place}  ${revealed(event.at)}  ${word(typeOf(event))}${text}`);
}

function typeOf(event: RecordedEvent): string {
  return 'body' in event ? event.body.type : event.type;
}
