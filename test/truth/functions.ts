import { readFileSync } from 'node:fs';
import { functionNames } from '../../relay/src/warehouse/embedded/render/calls.ts';
import { tableFunctionNames } from '../../relay/src/warehouse/embedded/render/table-functions.ts';
import type { Outcome } from './measure.ts';

/** Every function of Snowflake's reference, in upper case. */
export const SNOWFLAKE_FUNCTIONS: readonly string[] = readFileSync(
  new URL('snowflake-functions.txt', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .join(' ')
  .trim()
  .split(/\s+/);

/** Every function that the embedded warehouse can run. */
export const AVAILABLE: ReadonlySet<string> = new Set([...functionNames, ...tableFunctionNames]);

/** In the order of the documentation. What people write every day shows functions, and is no topic of its own. */
const TOPICS: readonly (readonly [topic: string, title: string])[] = [
  ['numbers', 'Numbers and conditions'],
  ['casts', 'Conversions'],
  ['texts', 'Texts, patterns and digests'],
  ['times', 'Dates and times'],
  ['arrays', 'Arrays and lambdas'],
  ['objects', 'Objects and VARIANT'],
  ['aggregates', 'Aggregates and windows'],
  ['windows', 'Aggregates and windows'],
  ['session', 'Session, and values that are made'],
];

/** The functions that a case of which the result was right mentions, by the topic that mentions them first. */
export function functionsShown(outcomes: readonly Outcome[]): ReadonlyMap<string, string> {
  const places = TOPICS.map(([topic]) => topic);
  const shown = new Map<string, string>();
  const inOrder = outcomes
    .filter(({ is, expected }) => is === 'right' && !expected.startsWith('error'))
    .toSorted((one, other) => places.indexOf(one.topic) - places.indexOf(other.topic));
  const leading = inOrder.map((one) => ({ topic: one.topic, names: namesIn(one.text).slice(0, 1) }));
  const others = inOrder.map((one) => ({ topic: one.topic, names: namesIn(one.text) }));
  for (const { topic, names } of [...leading, ...others]) {
    for (const name of names) if (places.includes(topic) && !shown.has(name)) shown.set(name, topic);
  }
  // Of no other topic.
  for (const { names } of others) for (const name of names) if (!shown.has(name)) shown.set(name, 'numbers');
  return shown;
}

function namesIn(text: string): readonly string[] {
  return [...text.replaceAll(/'(?:[^']|'')*'/g, "''").matchAll(/(?<!::|\bAS )\b([A-Z][A-Z_0-9$]*)\(/g)]
    .map(([, name]) => name!)
    .filter((name) => AVAILABLE.has(name));
}

/** What docs/embedded-warehouse.md says of functions. */
export function functionsText(outcomes: readonly Outcome[]): string {
  const shown = functionsShown(outcomes);
  const missing = SNOWFLAKE_FUNCTIONS.filter((name) => !AVAILABLE.has(name)).toSorted();
  const titles = new Map(TOPICS);
  const topics = [...new Set(titles.values())].map((title) => {
    const names = [...shown].filter(([, topic]) => titles.get(topic) === title).map(([name]) => name);
    return wrapped(`- **${title}**: ${names.toSorted().join(', ')}`, '  ');
  });
  const right = outcomes.filter(({ is }) => is === 'right').length;
  return [
    `${right} cases of ${shown.size} functions give what Snowflake documents:`,
    '',
    ...topics,
    '',
    wrapped(
      `Not there, and refused by name (${missing.length} of the ${SNOWFLAKE_FUNCTIONS.length} functions of Snowflake's reference): ${missing.join(', ')}.`,
    ),
  ].join('\n');
}

const LONGEST_LINE = 150;

/** In lines that can be read, and compared. */
function wrapped(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length + word.length >= LONGEST_LINE) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}

const document = new URL('../../docs/embedded-warehouse.md', import.meta.url);
const BEGIN = '<!-- Made by `npm run -s truth -- --write`. -->\n\n';
const END = '\n\n<!-- The end of what is made. -->';

/** The document as it is, and as it is with that in its place. */
export function documented(outcomes: readonly Outcome[]): {
  readonly now: string;
  readonly made: string;
  url: URL;
} {
  const now = readFileSync(document, 'utf8');
  const [from, to] = [now.indexOf(BEGIN), now.indexOf(END)];
  if (from === -1 || to === -1) throw new Error('the document has no place for the functions');
  return {
    now,
    made: `${now.slice(0, from)}${BEGIN}${functionsText(outcomes)}${now.slice(to)}`,
    url: document,
  };
}
