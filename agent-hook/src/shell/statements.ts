/**
 * The statements of a text that no POSIX shell would read: of fish, of zsh's own forms, of nushell, or with a mistake in it. Each is read by
 * itself, so that one that cannot be read hides no other. Keywords that only lead to a command are taken off, and what fish writes
 * in parentheses is written as a substitution.
 */
export function statementsIn(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  let quote: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if (letter === '\\' && quote !== "'") {
      piece += text.slice(at, at + 2);
      at += 1;
    } else if (quote !== null) {
      if (letter === quote) quote = null;
      piece += letter;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      piece += letter;
    } else if (/[;\n|{}]/.test(letter) || (letter === '&' && text[at + 1] === '&')) {
      pieces.push(piece);
      piece = '';
    } else piece += letter === '(' && /\s$/.test(piece) ? '$(' : letter;
  }
  return [...pieces, piece]
    .map((each) => withoutKeywords(each.trim()))
    .filter((each) => each !== '')
    .slice(0, 1_000);
}

function withoutKeywords(statement: string): string {
  let rest = statement.replace(/^&+\s*/, '');
  for (;;) {
    const next = rest.replace(
      /^(?:(?:if|else|elif|while|until|and|or|not|then|do|begin|end|done|fi|try|command|builtin)(?=\s|$)|for\s+\w+\s+in\b.*?(?:\bdo\b|$))\s*/s,
      '',
    );
    if (next === rest) break;
    rest = next;
  }
  // fish: `set -gx NAME value`.
  return rest.replace(/^set\s+(?:-\w*[xgU]\w*|--export|--global)(?:\s+-\w+)*\s+(\w+)\s+/, 'export $1=');
}
