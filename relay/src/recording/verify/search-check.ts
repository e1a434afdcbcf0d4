import type { EventBody } from '@sluice/contract';
import { LRUCache } from 'lru-cache';
import { mentionsOf, termsInParts } from '../log/index-events.ts';
import type { Block, IndexEntry, IndexProgress, Mention, StoredEvent } from '../ports.ts';
import { addPacked, noBits, offsetsOf } from '../search/postings.ts';
import { withOpener } from '../search/terms.ts';
import { allRows } from './all-rows.ts';
import type { DerivedStore, OnDerived } from './lists-check.ts';

/**
 * Compares what search goes by with the events: reads the log once more, and takes each text apart as the relay did. Holds
 * the terms of one block at a time. Also looks for what retention and repeated requests go by (`recorded_mention`).
 *
 * @param atOnce rows.
 * @returns how many events are not indexed yet.
 */
export async function searchCheck(store: DerivedStore, atOnce: number, onFound: OnDerived): Promise<number> {
  const { events, index, terms } = store;
  const progress = await terms.progress();
  const opener = openerOf(store);
  const recent = recentEntries(store, progress);
  let entry = await recent.next();
  let block: BlockCheck | null = null;
  let unindexed = 0;

  for await (const page of allRows(events, null, atOnce)) {
    for (const row of page) {
      const body = row.body === null ? null : (JSON.parse(row.body) as EventBody);
      if (body !== null) {
        for (const mention of mentionsOf(body)) {
          const at = await index.mentionedAt({ ...mention, session: row.session });
          if (at === row.position || (at !== null && (await isNamedAt(store, at, row, mention)))) continue;
          // Of a payload that retention has taken from the session, nothing is kept to find it by.
          if (mention.kind === 'payload' && (await isTaken(store, row.session, mention.value))) continue;
          onFound(row, 'what it names is not found by it (table recorded_mention)');
        }
      }
      // Also where retention has taken who opened it.
      if (row.type === 'opened' && !(await index.isKnown(row.session))) {
        onFound(row, 'the list of sessions does not have it (table recorded_session)');
      }
      if (row.position < progress.end) {
        if (block !== null && row.position >= block.end) {
          await block.compare();
          block = null;
        }
        block ??= await blockCheck(store, progress, row.position, onFound);
        if (block === null) onFound(row, 'search has no block for it (table recorded_block)');
        else block.add(row, body, await opener(row.session));
        continue;
      }
      const own: IndexEntry[] = [];
      for (; !entry.done && entry.value.position <= row.position; entry = await recent.next()) {
        if (entry.value.position === row.position) own.push(entry.value);
      }
      // Of an earlier version, which search says of itself.
      if (own.length === 0 && body !== null && row.position < (progress.recentFrom ?? Infinity)) {
        unindexed += 1;
        continue;
      }
      const why = objectionTo(row, body, own, progress);
      if (why !== null) onFound(row, `${why} (table recorded_recent)`);
    }
  }
  await block?.compare();
  return unindexed;
}

/** Whether an earlier event of the session names it: what is looked for is the first that does. */
async function isNamedAt(
  { events }: DerivedStore,
  at: number,
  { session, position }: StoredEvent,
  { kind, value }: Pick<Mention, 'kind' | 'value'>,
): Promise<boolean> {
  if (at > position) return false;
  const [first] = await events.afterPosition({ after: at - 1, session, within: at + 1, limit: 1 });
  const body = typeof first?.body === 'string' ? (JSON.parse(first.body) as EventBody) : null;
  return body !== null && mentionsOf(body).some((each) => each.kind === kind && each.value === value);
}

/** Whether retention has announced that it takes the payload from the session; another one may need it still. */
async function isTaken({ events }: DerivedStore, session: string, address: string): Promise<boolean> {
  return (await events.ofTypes(session, ['redacted'])).some(({ body }) => {
    const redacted = body === null ? null : (JSON.parse(body) as EventBody);
    return redacted?.type === 'redacted' && redacted.payloads.includes(address);
  });
}

interface BlockCheck {
  readonly end: number;
  add(row: StoredEvent, body: EventBody | null, opener: string | null): void;
  compare(): Promise<void>;
}

async function blockCheck(
  { terms }: DerivedStore,
  progress: IndexProgress,
  position: number,
  onFound: OnDerived,
): Promise<BlockCheck | null> {
  const found: Block | null = await terms.blockAt(position);
  if (found === null || found.start !== position) return null;
  const { block, start, end, earliest, latest } = found;
  const rows = new Map<number, StoredEvent>();
  const expected = new Map<string, Set<number>>();
  /** Who opened their session, retention has removed: they may be found by it still. */
  const ofUnknown = new Set<number>();
  let first: StoredEvent | null = null;
  let last: StoredEvent | null = null;
  const say = (offset: number, why: string) => {
    const row = rows.get(offset);
    if (row !== undefined) onFound(row, `${why} (table recorded_term)`);
  };
  return {
    end,
    add(row, body, opener) {
      const offset = row.position - start;
      rows.set(offset, row);
      if (first === null || row.at < first.at) first = row;
      if (last === null || row.at > last.at) last = row;
      if (body === null) return;
      if (opener === null) ofUnknown.add(offset);
      if (row.at < earliest || row.at > latest) {
        onFound(row, 'search does not find it by its time (table recorded_block)');
      }
      for (const part of termsInParts(body)) {
        for (const term of withOpener(part, opener ?? undefined)) {
          const offsets = expected.get(term) ?? new Set();
          expected.set(term, offsets.add(offset));
        }
      }
    },
    async compare() {
      for (const [row, isWider] of [
        [first, earliest < (first?.at ?? earliest)],
        [last, latest > (last?.at ?? latest)],
      ] as const) {
        if (row !== null && isWider)
          onFound(row, 'search looks for it at other times (table recorded_block)');
      }
      for (let after = ''; ;) {
        const page = await terms.postings(block, after, PAGE);
        for (const { term, offsets } of page) {
          const bits = noBits();
          addPacked(bits, offsets);
          const wanted = expected.get(term) ?? new Set();
          for (const offset of offsetsOf(bits)) {
            if (wanted.delete(offset)) continue;
            const isRemoved = rows.get(offset)?.body === null;
            // What retention has taken is taken out of the blocks afterwards.
            if (isRemoved && progress.forgotten !== null) continue;
            if (term.startsWith('p:') && ofUnknown.has(offset)) continue;
            say(offset, 'search finds it by what it does not say');
          }
          for (const offset of wanted) say(offset, 'search does not find it by all that it says');
          expected.delete(term);
        }
        if (page.length < PAGE) break;
        after = page.at(-1)!.term;
      }
      for (const offsets of expected.values()) {
        for (const offset of offsets) say(offset, 'search does not find it by all that it says');
      }
    },
  };
}

const PAGE = 500;

async function* recentEntries({ terms }: DerivedStore, progress: IndexProgress): AsyncGenerator<IndexEntry> {
  let after: Pick<IndexEntry, 'position' | 'part'> = { position: progress.end, part: -1 };
  for (;;) {
    const page = await terms.recent({ after, before: progress.size, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!;
  }
}

/** What is wrong with the entries of an event that is in no block yet; null when nothing is. */
function objectionTo(
  row: StoredEvent,
  body: EventBody | null,
  entries: readonly IndexEntry[],
  { longText }: IndexProgress,
): string | null {
  if (body === null) return entries.every(({ terms }) => terms.length === 0) ? null : 'search finds it still';
  if (entries.some(({ session, at }) => session !== row.session || at !== row.at)) {
    return 'search takes it for another event';
  }
  const byPart = new Map(entries.map(({ part, terms }) => [part, terms]));
  let part = 0;
  for (const terms of termsInParts(body)) {
    const found = byPart.get(part);
    const isDue = part > 0 && longText !== null && longText <= row.position;
    if (found === undefined && !isDue) return 'search does not find it by all that it says';
    if (found !== undefined && !isSame(found, terms)) return 'search finds it by something else than it says';
    byPart.delete(part);
    part += 1;
  }
  return byPart.size === 0 ? null : 'search finds it by what it does not say';
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  const [left, right] = [new Set(one), new Set(other)];
  return left.size === right.size && left.isSubsetOf(right);
}

/** Who opened a session, by the log; null when nobody did, or it was removed. */
function openerOf({ events }: DerivedStore): (session: string) => Promise<string | null> {
  const known = new LRUCache<string, { readonly person: string | null }>({ max: MOST_OPENERS });
  return async (session) => {
    const found = known.get(session);
    if (found !== undefined) return found.person;
    const [first] = await events.ofSession(session, { after: -1, limit: 1 });
    const body = typeof first?.body === 'string' ? (JSON.parse(first.body) as EventBody) : null;
    const person = body?.type === 'opened' ? body.identity.id : null;
    known.set(session, { person });
    return person;
  };
}

const MOST_OPENERS = 10_000;
