/** A relay that the person has added. */
export interface ListedRelay {
  /** The extension's own name for it. */
  readonly id: string;
  /** As `relayAddress` writes it. */
  readonly url: string;
  /** Its person's own name for it; null: its host. */
  readonly name: string | null;
  /** Where its person signed in the last time. */
  readonly issuer: string | null;
}

/** What is kept between two starts of the editor, as far as it is what was written: whatever else is there is left out. */
export function listedRelays(kept: unknown): readonly ListedRelay[] {
  if (!Array.isArray(kept)) return [];
  const seen = new Set<string>();
  return kept.flatMap((entry: unknown): readonly ListedRelay[] => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { id, url, name, issuer } = entry as Record<string, unknown>;
    if (typeof id !== 'string' || id === '' || typeof url !== 'string' || seen.has(id)) return [];
    if (!isAddress(url)) return [];
    seen.add(id);
    return [{ id, url, name: textOrNull(name), issuer: textOrNull(issuer) }];
  });
}

export function nameOfRelay({ name, url }: Pick<ListedRelay, 'name' | 'url'>): string {
  return name ?? new URL(url).host;
}

/** Whether a token may go there is seen when one is sent; here, whether it is an address at all. */
function isAddress(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.protocol === 'https:' || parsed.protocol === 'http:');
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
