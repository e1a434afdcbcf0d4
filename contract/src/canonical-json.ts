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
      if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
      return `{${members(value as Readonly<Record<string, unknown>>).join(',')}}`;
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
  }
  throw new TypeError(`JSON has no ${typeof value}`);
}

function members(object: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(object)
    .filter((name) => object[name] !== undefined)
    .sort()
    .map((name) => `${text(name)}:${canonicalJson(object[name])}`);
}

/** Half a surrogate pair has no UTF-8 form: two different texts would get one digest. */
function text(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('text with half a surrogate pair');
  return JSON.stringify(value);
}
