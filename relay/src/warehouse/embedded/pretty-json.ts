/**
 * JSON as Snowflake prints a VARIANT, an OBJECT or an ARRAY in a result: two spaces a level, one space after a colon,
 * and nothing in what is empty. The text is kept as it is otherwise: no number loses digits, no key its place. What is nested
 * deeper than any document is not indented any more: the spaces would be the square of the text.
 */
export function prettyJson(text: string): string {
  const first = text[0];
  if (first !== '{' && first !== '[') return text;
  let made = '';
  let level = 0;
  let from = 0;
  let spaces = SPACES + SPACES_A_CHARACTER * text.length;
  const newLine = () => {
    if (2 * level > spaces) return '\n';
    spaces -= 2 * level;
    return `\n${'  '.repeat(level)}`;
  };
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        at = endOfString(text, at);
        break;
      }
      case OPEN_BRACE:
      case OPEN_BRACKET: {
        const next = skipSpace(text, at + 1);
        const isEmpty = text[next] === '}' || text[next] === ']';
        if (isEmpty) {
          made += `${text.slice(from, at + 1)}${text[next]!}`;
          at = next;
        } else {
          level += 1;
          made += text.slice(from, at + 1) + newLine();
        }
        from = at + 1;
        break;
      }
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        level -= 1;
        made += text.slice(from, at) + newLine() + text[at]!;
        from = at + 1;
        break;
      case COMMA:
        made += text.slice(from, at + 1) + newLine();
        from = at + 1;
        break;
      case COLON:
        made += `${text.slice(from, at)}: `;
        from = at + 1;
        break;
      case SPACE:
      case TAB:
      case LINE_FEED:
      case CARRIAGE_RETURN:
        made += text.slice(from, at);
        from = at + 1;
        break;
      default:
    }
  }
  return made + text.slice(from);
}

/** Spaces of all lines together: lines of a few characters are twenty levels deep before they come near. */
const SPACES = 65_536;
const SPACES_A_CHARACTER = 8;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The place of the quotation mark that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? '')) at += 1;
  return at;
}
