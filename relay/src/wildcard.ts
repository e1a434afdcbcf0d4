/**
 * A pattern in which `*` stands for any characters, none too, and everything else for itself. Matches whole texts,
 * in time linear in pattern and text together, whatever either holds: a regular expression with several `.*` would
 * try the ways to share a text out among them.
 */
export function wildcard(pattern: string): (text: string) => boolean {
  return between(pattern.split('*'));
}

/** The same of the texts between the `*`, in which a `*` is one. */
export function between(literals: readonly string[]): (text: string) => boolean {
  const [first = '', ...rest] = literals;
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  const inner = rest.filter((literal) => literal !== '').map(finder);
  return (text) => {
    if (text.length < first.length + last.length) return false;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    // The first place of each literal leaves most room for the others: no other place need be tried.
    for (const find of inner) {
      at = find(text, at, end);
      if (at < 0) return false;
    }
    return true;
  };
}

/** Where `literal` ends for the first time in `text` between two offsets, -1 when nowhere: Knuth, Morris, Pratt. */
function finder(literal: string): (text: string, from: number, to: number) => number {
  /** By how much of the literal was read: how much of it may be begun with that at the same time. */
  const border = new Uint32Array(literal.length + 1);
  for (let read = 1, begun = 0; read < literal.length; read++) {
    while (begun > 0 && literal.charCodeAt(read) !== literal.charCodeAt(begun)) begun = border[begun]!;
    if (literal.charCodeAt(read) === literal.charCodeAt(begun)) begun++;
    border[read + 1] = begun;
  }
  return (text, from, to) => {
    for (let at = from, read = 0; at < to; at++) {
      const code = text.charCodeAt(at);
      while (read > 0 && code !== literal.charCodeAt(read)) read = border[read]!;
      if (code === literal.charCodeAt(read)) read++;
      if (read === literal.length) return at + 1;
    }
    return -1;
  };
}
