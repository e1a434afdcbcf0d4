import { CST, type Document, isCollection, isScalar, Lexer, LineCounter, parseDocument, visit } from 'yaml';

export type Parsed =
  | { readonly document: Document; readonly value: unknown; readonly lines: LineCounter }
  | { readonly errors: readonly ParseError[]; readonly lines: LineCounter };

interface ParseError {
  /** In characters from the start of the text. */
  readonly offset: number;
  readonly message: string;
}

/** Longer texts are refused unread: a policy is read again while the relay runs, on the thread that serves everybody. */
const MOST_CHARACTERS = 1024 * 1024;
const MOST_ANCHORS = 100;

/**
 * YAML, in time about in proportion to the text's length. The library is not so by itself: keys of keys (`? ? ? x`) take
 * it minutes, its check for equal keys compares each with each, and anchors are looked for from the start every time. So
 * keys of keys are refused before it reads the text, anchors are counted, and equal keys are found here.
 */
export function parseBounded(text: string): Parsed {
  const lines = new LineCounter();
  if (text.length > MOST_CHARACTERS) {
    return { errors: [{ offset: 0, message: 'expected a file of at most 1 MiB' }], lines };
  }
  const costly = findCostly(text);
  if (costly !== null) {
    lines.addNewLine(0);
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1))
      lines.addNewLine(end + 1);
    return { errors: [costly], lines };
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    // No warnings on the console; `silent` would keep quiet about a second document, too.
    logLevel: 'error',
  });
  const errors = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    offset: pos[0],
    message: lowerFirst(message),
  }));
  if (errors.length > 0) return { errors, lines };
  const own = ownErrors(document);
  if (own.length > 0) return { errors: own, lines };
  try {
    return { document, value: document.toJS({ maxAliasCount: MOST_ANCHORS }), lines };
  } catch (thrown) {
    const message = thrown instanceof Error ? lowerFirst(thrown.message) : 'unreadable';
    return { errors: [{ offset: document.contents?.range?.[0] ?? 0, message }], lines };
  }
}

function findCostly(text: string): ParseError | null {
  let offset = 0;
  let anchors = 0;
  for (const token of new Lexer().lex(text)) {
    switch (CST.tokenType(token)) {
      case 'explicit-key-ind':
        return { offset, message: 'expected a key on one line, without `?`' };
      case 'anchor':
      case 'alias':
        anchors += 1;
        if (anchors > MOST_ANCHORS)
          return { offset, message: `expected at most ${MOST_ANCHORS} anchors and aliases` };
        break;
      // Marks of the lexer's own, which are not in the text.
      case 'doc-mode':
      case 'flow-error-end':
      case 'scalar':
        if (token.length === 1 && token < ' ') continue;
        break;
      default:
    }
    offset += token.length;
  }
  return null;
}

function ownErrors(document: Document): readonly ParseError[] {
  const errors: ParseError[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) errors.push({ offset: key.range?.[0] ?? 0, message: 'expected each key once' });
        seen.add(name);
      }
    },
    Alias(_, { source, range }, path) {
      if (path.some((around) => isCollection(around) && around.anchor === source))
        errors.push({ offset: range?.[0] ?? 0, message: 'expected no alias inside of what it stands for' });
    },
  });
  return errors.sort((a, b) => a.offset - b.offset);
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}
