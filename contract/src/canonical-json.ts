/**
 * The canonical text of a JSON value: RFC 8785 (JCS). What is hashed or signed is always these bytes, in UTF-8, so
 * that every program, whatever its language, arrives at the same digest.
 *
 * Members sorted by UTF-16 code units, no white space, numbers and escapes as ECMAScript writes them.
 * Members that are `undefined` are left out.
 *
 * @throws TypeError for what JSON cannot hold exactly: NaN, infinities, negative zero, half a surrogate
 *   pair, functions.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0)) throw new TypeError('not a JSON number');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? array(value) : object(value as Readonly<Record<string, unknown>>);
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
  }
  throw new TypeError(`JSON has no ${typeof value}`);
}

function array(values: readonly unknown[]): string {
  let written = '[';
  for (let index = 0; index < values.length; index += 1)
    written += index === 0 ? canonicalJson(values[index]) : `,${canonicalJson(values[index])}`;
  return `${written}]`;
}

function object(given: Readonly<Record<string, unknown>>): string {
  let written = '{';
  for (const name of Object.keys(given).sort()) {
    const value = given[name];
    if (value === undefined) continue;
    written += `${written === '{' ? '' : ','}${text(name)}:${canonicalJson(value)}`;
  }
  return `${written}}`;
}

/** Half a surrogate pair has no UTF-8 form: two different texts would get one digest. */
function text(value: string): string {
  // Most are names, and short: nothing in them is written otherwise than it stands there.
  if (value.length < 64 && PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError('text with half a surrogate pair');
  return JSON.stringify(value);
}

/** What JSON writes as it is, of ASCII. */
const PLAIN = /^[ !#-[\]-~]*$/;
