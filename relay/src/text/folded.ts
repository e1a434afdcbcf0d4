import { columnsOf } from './lines.ts';
import type { ShownText } from './shown-text.ts';

/** Columns of a terminal, and of a mail's lines. */
const WIDTH = 78;

/**
 * A sentence on lines of at most so many columns, each after the first indented: where a reader's window would break
 * it by itself, a text of somebody else's could begin a line. One that goes on within quotation marks says so with a
 * colon, so that its first words are not taken for a field of ours.
 */
export function folded(text: ShownText, width = WIDTH): readonly ShownText[] {
  const lines: string[] = [];
  let line = '';
  let columns = 0;
  let mark: 'outside' | 'inside' | 'escaping' = 'outside';
  const end = () => {
    lines.push(line.trimEnd());
    line = mark === 'outside' ? '    ' : '  : ';
    columns = 4;
  };
  for (const part of text.split(/(?<= )/)) {
    if (columns + columnsOf(part.trimEnd()) > width && columns > 4) end();
    // A word that is longer than a line.
    for (const character of part) {
      if (character !== ' ' && columns + columnsOf(character) > width) end();
      line += character;
      columns += columnsOf(character);
      mark = afterCharacter(mark, character);
    }
  }
  if (!/^(?: {4}| {2}: )?$/.test(line)) lines.push(line.trimEnd());
  return lines as readonly string[] as readonly ShownText[];
}

/** Whether what follows stands in quotation marks. */
function afterCharacter(mark: 'outside' | 'inside' | 'escaping', character: string) {
  if (mark === 'outside') return character === '"' ? 'inside' : 'outside';
  if (mark === 'escaping') return 'inside';
  if (character === '"') return 'outside';
  return character === '\\' ? 'escaping' : 'inside';
}

/** With blanks up to so many columns. */
export function padded(text: ShownText, width: number): ShownText {
  return text.padEnd(width) as ShownText;
}
