import { wildcard } from '../../wildcard.ts';

/** The last part of a path at the client: what the file is to be called. Null for a pattern of several; empty where it is no name. */
export function fileName(local: string): string | null {
  const name = pathOf(local).split(/[/\\]/).at(-1) ?? '';
  if (/[*?]/.test(name)) return null;
  return name === '.' || name === '..' ? '' : name;
}

/** Only ever handed back to the client: it means nothing to the relay. */
export function pathOf(local: string): string {
  return local.replace(/^file:\/\//i, '');
}

/** What a client that packs files itself calls one. */
export function packedName(name: string): string {
  return name.endsWith('.gz') ? name : `${name}.gz`;
}

/** Whether a driver that sends what is at `local` may come to call one of its files so: by its own name, or packed. */
export function isFileOf(local: string, name: string, packs: boolean): boolean {
  const pattern = pathOf(local).split(/[/\\]/).at(-1) ?? '';
  if (!PLAIN.test(name) || name === '.' || name === '..') return false;
  const matches = wildcard(pattern);
  return matches(name) || (packs && name.endsWith('.gz') && matches(name.slice(0, -'.gz'.length)));
}

/** Of no other folder, of one file, and nothing that ends what it stands in. */
const PLAIN = /^[^/\\*?'"\p{Cc}]{1,255}$/u;
