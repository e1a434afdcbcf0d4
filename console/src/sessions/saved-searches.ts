import { useSyncExternalStore } from 'react';
import { readFilters, type SessionFilters } from './filters.ts';

/** A search that somebody wants to do again. */
export interface SavedSearch {
  readonly name: string;
  readonly filters: SessionFilters;
}

const KEY = 'sluice.searches';

/** Those that are kept in this browser, by name. */
export function useSavedSearches(): readonly SavedSearch[] {
  const kept = useSyncExternalStore(subscribe, () => localStorage.getItem(KEY) ?? '');
  return read(kept);
}

/** In the place of one of the same name. */
export function saveSearch(search: SavedSearch): void {
  const others = saved().filter(({ name }) => name !== search.name);
  keep([...others, search].toSorted((one, other) => one.name.localeCompare(other.name)));
}

export function removeSearch(name: string): void {
  keep(saved().filter((search) => search.name !== name));
}

function saved(): readonly SavedSearch[] {
  return read(localStorage.getItem(KEY) ?? '');
}

/** What an older version, or somebody's hand, has left there may be anything. */
function read(kept: string): readonly SavedSearch[] {
  try {
    const parsed: unknown = JSON.parse(kept);
    if (!Array.isArray(parsed)) return [];
    return parsed.flatMap((one: Partial<Record<'name' | 'filters', unknown>> | null) =>
      typeof one?.name === 'string' && typeof one.filters === 'object' && one.filters !== null
        ? [{ name: one.name, filters: readFilters(one.filters as Record<string, unknown>) }]
        : [],
    );
  } catch {
    return [];
  }
}

const CHANGED = 'sluice-searches';

function keep(searches: readonly SavedSearch[]): void {
  localStorage.setItem(KEY, JSON.stringify(searches));
  dispatchEvent(new Event(CHANGED));
}

/** `storage` tells of other tabs. */
function subscribe(listener: () => void): () => void {
  addEventListener(CHANGED, listener);
  addEventListener('storage', listener);
  return () => {
    removeEventListener(CHANGED, listener);
    removeEventListener('storage', listener);
  };
}
