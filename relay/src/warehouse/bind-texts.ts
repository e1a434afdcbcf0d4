import type { Binds } from './warehouse.ts';

/** No name is longer, whatever it is quoted with. */
const LONGEST = 2_000;

/** The values of binds that are one text and may name an object, for IDENTIFIER(?) and TABLE(?). */
export function bindTextsOf(binds: Binds): ReadonlyMap<string, string> {
  const texts = Object.entries(binds).flatMap(([name, { type, value }]) =>
    type === 'TEXT' && typeof value === 'string' && value.length <= LONGEST ? [[name, value] as const] : [],
  );
  return new Map(texts);
}
