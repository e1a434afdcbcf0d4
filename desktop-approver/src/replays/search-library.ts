import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { RecordedEvent, SearchPage, SessionSummary } from '@sluice/contract';
import type { Library } from './library.ts';
import { isOf, type SessionFilter } from './session-filter.ts';

export interface LocalSearch extends SessionFilter {
  readonly object?: string;
  readonly rule?: string;
  readonly text?: string;
  readonly since?: string;
  readonly before?: string;
  readonly limit: number;
  readonly cursor?: number;
}

/**
 * Finds events of downloaded sessions: without an index, a bounded number of them at a time, so that a page may hold fewer than were asked
 * for, even none, while there are more. Null for a search of several kinds at once, which the relay refuses, too.
 */
export async function searchLibrary(library: Library, query: LocalSearch): Promise<SearchPage | null> {
  if ([query.object, query.rule, query.text].filter((each) => each !== undefined).length > 1) return null;
  const words = (query.text ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const summaries = new Map<string, SessionSummary>(
    library.list().map(({ session, summary }) => [session, summary]),
  );
  const found: SearchPage['found'] = [];
  let below = query.cursor ?? Number.MAX_SAFE_INTEGER;
  let isOver = false;
  for (let looked = 0; looked < MOST_LOOKED_AT && found.length < query.limit && !isOver; looked += A_PAGE) {
    const page = library.events(below, A_PAGE);
    isOver = page.length < A_PAGE;
    for (const { line, text, position } of page) {
      if (found.length >= query.limit) break;
      below = line;
      const { event } = JSON.parse(text) as { readonly event: RecordedEvent };
      const summary = summaries.get(event.session);
      if (summary === undefined || !isOf(summary, query) || !isEventOf(event, query, words)) continue;
      const excerpt = words.length === 0 ? null : excerptOf(textOf(event), words);
      found.push({ position: position ?? 0, event, excerpt });
    }
    if (found.length >= query.limit) isOver = false;
    await yieldToOthers();
  }
  const sessions = [...new Set(found.map(({ event }) => event.session))].map((id) => summaries.get(id)!);
  return { version: 1, found, sessions, next: isOver ? null : below, unindexed: 0 };
}

const A_PAGE = 500;
const MOST_LOOKED_AT = 20_000;

function isEventOf(
  event: RecordedEvent,
  { object, rule, since, before }: LocalSearch,
  words: readonly string[],
) {
  if (!('body' in event)) return false;
  const { body } = event;
  const at = Date.parse(event.at);
  if (since !== undefined && at < Date.parse(since)) return false;
  if (before !== undefined && at >= Date.parse(before)) return false;
  if (object !== undefined)
    return body.type === 'understanding' && body.objects.some(({ name }) => name === object);
  if (rule !== undefined) return body.type === 'decision' && body.rule === rule;
  if (words.length === 0) return body.type === 'statement';
  const text = textOf(event).toLowerCase();
  return text !== '' && words.every((word) => text.includes(word));
}

function textOf(event: RecordedEvent): string {
  if (!('body' in event)) return '';
  if (event.body.type === 'statement') return event.body.sql;
  return event.body.type === 'prompt' ? event.body.text : '';
}

/** The part around the first of the words, and where they are in it. */
function excerptOf(text: string, words: readonly string[]): SearchPage['found'][number]['excerpt'] {
  const places = words.map((word) => text.toLowerCase().indexOf(word)).filter((at) => at !== -1);
  const from = Math.max(0, Math.min(...places) - AROUND);
  const part = text.slice(from, from + 3 * AROUND);
  const low = part.toLowerCase();
  const matches = words
    .map((word) => ({ start: low.indexOf(word), end: low.indexOf(word) + word.length }))
    .filter(({ start }) => start !== -1)
    .sort((one, other) => one.start - other.start);
  return { text: part, matches, cutBefore: from > 0, cutAfter: from + part.length < text.length };
}

const AROUND = 80;
