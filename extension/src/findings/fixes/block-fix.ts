import type { LookedAt } from '../finding.ts';
import type { Range } from '../range.ts';
import { addressesIn } from '../judge/addresses.ts';
import { type Role, roleOf, SECRET_ROLES } from '../judge/roles.ts';
import type { Block, Setting } from '../read/block.ts';
import { addressFix } from './address-fix.ts';
import type { Edit, Fix } from './fix.ts';
import { type RelayParts, TOKEN_VARIABLE } from './relay.ts';
import { termsFor } from './terms.ts';

/** Roles that are no longer told, where the relay's terms have none of them. */
const TAKEN_OUT: ReadonlySet<Role> = new Set([
  ...SECRET_ROLES,
  'key-file',
  'token-file',
  'host',
  'url',
  'port',
  'protocol',
]);

/** Points the settings of one connection at a relay: changed where they stand, new ones where a secret stood. */
export function blockFix(file: LookedAt, block: Block, relay: RelayParts): Fix | null {
  if (block.form === 'jvm') return besideAddress(file, block, relay);
  const terms = termsFor(file, block, relay);
  if (terms === null) return null;
  const { text } = file;
  const edits: (Edit & { readonly role: Role | null })[] = [];
  const taken: Setting[] = [];
  const told = new Set<Role>();
  for (const setting of block.settings) {
    const { role } = roleOf(setting.name)!;
    const wanted = terms.wanted.get(role);
    if (wanted !== undefined && !told.has(role)) {
      told.add(role);
      edits.push({ ...setting.whole, text: wanted, role });
    } else if (TAKEN_OUT.has(role) || wanted !== undefined) taken.push(setting);
  }
  const added = [...terms.wanted].filter(([role]) => !told.has(role)).map(([, pair]) => pair);
  const [first, ...rest] = taken;
  const place =
    first ?? block.settings.find(({ name }) => told.has(roleOf(name)!.role)) ?? block.settings[0]!;
  const between = separator(text, block, place);
  if (added.length > 0) {
    if (first !== undefined) edits.push({ ...first.whole, text: added.join(between), role: null });
    else {
      const index = edits.findIndex(({ start }) => start === place.whole.start);
      if (index === -1)
        edits.push({
          start: place.whole.end,
          end: place.whole.end,
          text: between + added.join(between),
          role: null,
        });
      else edits[index] = { ...edits[index]!, text: [edits[index]!.text, ...added].join(between) };
    }
  } else if (first !== undefined) rest.unshift(first);
  return {
    edits: [
      ...edits.map(({ start, end, text }) => ({ start, end, text })),
      ...rest.map(({ whole }) => ({ ...removed(text, block, whole), text: '' })),
    ],
    token: terms.token,
  };
}

/** What stands between two settings, as the file has it. */
function separator(text: string, { style }: Block, { whole }: Setting): string {
  const lineStart = text.lastIndexOf('\n', whole.start - 1) + 1;
  const leading = text.slice(lineStart, whole.start);
  if (style === 'lines')
    return `\n${leading.replace(/^(\s*)-\s+(?=\S*$)/, leading.includes('- ') && text[whole.start] !== undefined && isListItem(text, whole) ? '$1- ' : '$1  ')}`;
  return /^\s*$/.test(leading) ? `,\n${leading}` : ', ';
}

/** `- NAME=value`, each an item; `- name: x` begins a map that goes on without the dash. */
function isListItem(text: string, { start, end }: Range): boolean {
  return /^[A-Za-z_]\w*=/.test(text.slice(start, end));
}

/** A setting with what goes with it: its line, or its comma. */
function removed(text: string, { style }: Block, { start, end }: Range): Range {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', end);
  const lineEnd = newline === -1 ? text.length : newline + 1;
  const [before, after] = [text.slice(lineStart, start), text.slice(end, lineEnd)];
  const isAlone =
    /^\s*(?:export\s+|ENV\s+|set\s+|\$env:|-\s+)?$/.test(before) &&
    /^["']?\s*,?\s*(?:(?:#|\/\/).*)?\s*$/.test(after);
  if (isAlone) return { start: lineStart, end: lineEnd };
  if (style === 'lines') return { start, end };
  const comma = /^\s*,\s*/.exec(text.slice(end, end + 100));
  if (comma !== null) return { start, end: end + comma[0].length };
  const earlier = /,\s*$/.exec(text.slice(Math.max(0, start - 100), start));
  return { start: start - (earlier?.[0].length ?? 0), end };
}

/** Java's properties stand beside the address; the relay takes the token as a password. */
function besideAddress(file: LookedAt, block: Block, relay: RelayParts): Fix | null {
  const [address, ...others] = addressesIn(file.text, false).filter(({ scheme }) => scheme === 'jdbc');
  if (address === undefined || others.length > 0) return null;
  const pointed = addressFix(file, address, relay, 'beside');
  const passwords = block.settings.filter(({ name }) => roleOf(name)!.role === 'password');
  if (pointed === null || passwords.length !== 1) return null;
  const { at } = passwords[0]!;
  return {
    edits: [
      ...pointed.edits,
      { start: at.start - 1, end: at.end + 1, text: `System.getenv("${TOKEN_VARIABLE}")` },
    ],
    token: 'variable',
  };
}
