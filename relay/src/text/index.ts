export { folded, padded } from './folded.ts';
export { keepable } from './keepable.ts';
export { numberedLines, type LinesOptions } from './lines.ts';
export { pointedLines } from './pointed.ts';
export { memberShown, type NamedPerson, personShown, wordsShown } from './person.ts';
export {
  amount,
  inSingleQuotes,
  quoted,
  type QuotedOptions,
  revealed,
  revealedLines,
  shortened,
  word,
} from './quoted.ts';
export { joined, shown, type ShownText } from './shown-text.ts';
