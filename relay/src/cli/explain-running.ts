import type { Explanation, RelayClient } from '@sluice/contract';
import {
  folded,
  joined,
  pointedLines,
  revealed,
  shown,
  type ShownText,
  word,
  wordsShown,
} from '../text/index.ts';
import { displayed } from './displayed.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine } from './terminal-text.ts';

/** `sluice explain "SQL"`: what a running relay would do with the statement for the caller; it is not run. */
export async function explainRunning(
  relay: Pick<RelayClient, 'statements'>,
  { sql, json }: { readonly sql: string; readonly json: boolean },
  { print, width }: Pick<Terminal, 'print' | 'width'>,
): Promise<void> {
  const explanation = await relay.statements.explain({ body: { sql, agent: 'sluice sql' } });
  if (json) return print(jsonLine(explanation));
  for (const line of explanationLines(sql, explanation, width ?? PAPER)) print(line);
}

/** Columns: the width if that of the terminal is not known, and the margin before a line of SQL. */
const PAPER = 100;
const MARGIN = 8;

const EFFECTS = {
  allow: shown`It would run`,
  mask: shown`It would run, and some of its result be masked`,
  ask: shown`It would be held until people decide`,
  block: shown`It would be refused`,
} as const;

export function explanationLines(sql: string, told: Explanation, width: number): readonly ShownText[] {
  const { decision, place, error, uses, asks, understanding } = told;
  const isPart = !(place.start === 0 && place.end >= sql.trimEnd().length);
  const marks = decision.effect === 'ask' || decision.effect === 'block';
  const why = decision.reason === '' ? shown`` : shown`: ${revealed(decision.reason)}`;
  const lines = [
    shown`${EFFECTS[decision.effect]} (rule ${word(decision.rule)})${why}`,
    shown`${revealed(decision.sentence)}`,
  ].flatMap((line) => folded(line, width));
  const advice = error?.advice ?? decision.advice ?? '';
  return [
    ...lines,
    ...(error === null ? [] : folded(shown`Answered: ${revealed(error.message)}`, width)),
    ...(marks && isPart ? pointed(sql, place, width) : []),
    ...understanding.outputs.flatMap(({ name, sources }, index) =>
      folded(shown`Column ${outputShown(told, name, index)}: ${sourcesShown(sources)}`, width),
    ),
    ...uses.flatMap(({ column, as, by, place }) =>
      folded(
        shown`Uses ${word(column)}: ${word(as)}${by === undefined ? '' : shown`, by ${revealed(by)}`}, line ${place.line}, column ${place.column}`,
        width,
      ),
    ),
    ...(asks === null
      ? []
      : folded(
          shown`Asked: ${asks.needed} of ${wordsShown(asks.approvers, asks.approvers.length)}${asks.signed ? shown`, on a device of theirs` : ''}${asks.accessUpTo === 0 ? '' : shown`; access may be asked for ahead, for at most ${Math.floor(asks.accessUpTo / 60)} minutes`}`,
          width,
        )),
    ...(advice === '' ? [] : folded(shown`Instead: ${revealed(advice)}`, width)),
  ];
}

function pointed(sql: string, place: Explanation['place'], width: number): readonly ShownText[] {
  return [
    shown`At line ${place.line}, column ${place.column}:`,
    ...pointedLines(sql, place, displayed, width - MARGIN),
  ];
}

function outputShown({ decision, maskedBy = [] }: Explanation, name: string, index: number): ShownText {
  const shownName = name === '' ? shown`${index + 1}` : word(name);
  const mask = decision.masks.find(({ output }) => output === index);
  const computed = decision.computedOn?.outputs.find(({ output }) => output === index);
  const own = maskedBy.find(({ output }) => output === index)?.policies ?? [];
  const notes = [
    ...(mask === undefined
      ? []
      : [shown`masked by ${word(mask.method)}, because of ${revealed(mask.because)}`]),
    ...(computed === undefined ? [] : [shown`computed on ${computed.on}`]),
    ...(own.length === 0 ? [] : [shown`masked by Snowflake itself: ${wordsShown(own, own.length)}`]),
  ];
  return notes.length === 0 ? shownName : shown`${shownName} (${joined(notes, '; ')})`;
}

/** Sources as they are on the record: how the column is used, then its name. */
function sourcesShown(sources: readonly string[]): ShownText {
  if (sources.length === 0) return shown`nothing of the data`;
  const parts = sources.map((source) => {
    const [how = '', ...column] = source.split(' ');
    return shown`${word(how)} ${word(column.join(' '))}`;
  });
  return joined(parts, ', ');
}
