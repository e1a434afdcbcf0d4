import { tokensOf } from './tokens.ts';

/** A notebook's cells of code as one program, with where each of its characters stands in the file. */
export interface NotebookText {
  readonly text: string;
  /** The place in the file of a place in the text. */
  readonly inFile: (offset: number) => number;
}

export function readNotebook(text: string): NotebookText {
  const pieces: string[] = [];
  const places: { readonly from: number; readonly offsets: readonly number[] }[] = [];
  let length = 0;
  const tokens = tokensOf(text, 'json');
  for (let at = 0; at < tokens.length; at += 1) {
    if (tokens[at]!.value !== 'source' || tokens[at + 1]?.value !== ':') continue;
    const isList = tokens[at + 2]?.value === '[';
    for (at += isList ? 3 : 2; at < tokens.length; at += 1) {
      const token = tokens[at]!;
      if (token.type === 'text') {
        const { plain, offsets } = decoded(token.value, token.start + token.opening);
        places.push({ from: length, offsets });
        pieces.push(plain);
        length += plain.length;
      }
      if (!isList || token.value === ']') break;
    }
    pieces.push('\n');
    places.push({ from: length, offsets: [tokens[Math.min(at, tokens.length - 1)]!.end] });
    length += 1;
  }
  return {
    text: pieces.join(''),
    inFile(offset) {
      const place = places.findLast(({ from }) => from <= offset);
      return place?.offsets[Math.min(offset - place.from, place.offsets.length - 1)] ?? 0;
    },
  };
}

/** A JSON string, and where each of its characters stands. */
function decoded(
  written: string,
  start: number,
): { readonly plain: string; readonly offsets: readonly number[] } {
  let plain = '';
  const offsets: number[] = [];
  for (const { 0: piece, index } of written.matchAll(/\\u[0-9a-fA-F]{4}|\\.|[^\\]/gs)) {
    offsets.push(start + index);
    plain += piece.length === 1 ? piece : unescape(piece);
  }
  offsets.push(start + written.length);
  return { plain, offsets };
}

function unescape(piece: string): string {
  if (piece[1] === 'u') return String.fromCharCode(parseInt(piece.slice(2), 16));
  return ESCAPES[piece[1]!] ?? piece[1]!;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };
