import { setTimeout as sleep } from 'node:timers/promises';
import type { RelayClient, RetentionPreview, RetentionRunView } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import { amount, folded, personShown, quoted, revealed, shown, type ShownText, word } from '../text/index.ts';
import { tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine } from './terminal-text.ts';

type RetentionClient = Pick<RelayClient, 'retention'>;

/** `sluice retention run --dry-run`: what a run would remove, by rule. Nothing is removed. */
export async function previewRetentionCommand(
  relay: RetentionClient,
  { json }: { readonly json: boolean },
  { print, paint }: Pick<Terminal, 'print' | 'paint'>,
): Promise<void> {
  const { rules } = await relay.retention.preview();
  if (json) {
    for (const rule of rules) print(jsonLine(rule));
    return;
  }
  if (rules.length === 0) print(NO_RULES);
  const lines = tableLines(COLUMNS, rules.map(previewRow), paint.printed);
  for (const line of lines) print(line);
}

const NO_RULES = 'there are no rules: nothing is ever removed (`retention.rules` in the configuration)';

const COLUMNS = [
  { title: shown`RULE` },
  { title: shown`REMOVES` },
  { title: shown`BEFORE` },
  ...[shown`SESSIONS`, shown`BODIES`, shown`PAYLOADS`, shown`BYTES`].map((title) => ({
    title,
    align: 'right' as const,
  })),
  { title: shown`CLOSED FROM` },
  { title: shown`TO` },
];

function previewRow(rule: RetentionPreview['rules'][number]): readonly ShownText[] {
  const { name, removes, before, sessions, bodies, payloads, bytes, oldest, newest } = rule;
  return [
    word(name),
    word(removes),
    day(before),
    amount(sessions),
    amount(bodies),
    amount(payloads),
    amount(bytes),
    day(oldest),
    day(newest),
  ];
}

function day(moment: string | null): ShownText {
  return moment === null ? shown`-` : revealed(moment.slice(0, 10));
}

/**
 * `sluice retention run`: begins a run and follows it to its end.
 *
 * @throws SluiceError `retention_refused` when it does not get there.
 */
export async function runRetentionCommand(
  relay: RetentionClient,
  order: { readonly reason: string; readonly clockIsRight: boolean; readonly json: boolean },
  { print, note }: Pick<Terminal, 'print' | 'note'>,
): Promise<void> {
  const { reason, clockIsRight, json } = order;
  let run = await relay.retention.run({ body: { reason, clockIsRight } });
  const { startedAt } = run;
  let told = '';
  while (run.finishedAt === null && run.startedAt === startedAt) {
    const progress = run.rules.map(countsOf).join('; ');
    if (!json && progress !== told) note(progress);
    told = progress;
    await sleep(LOOK_EVERY_MS);
    run = (await relay.retention.read()).run ?? run;
  }
  if (json) print(jsonLine(run));
  if (run.problem !== null) throw new SluiceError('retention_refused', run.problem);
  if (!json) for (const line of runLines(run)) print(line);
}

const LOOK_EVERY_MS = 500;

/** `sluice retention status`: the rules, and the newest run. */
export async function retentionStatusCommand(
  relay: RetentionClient,
  { json }: { readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const status = await relay.retention.read();
  if (json) return print(jsonLine(status));
  const { rules, at, appliesFrom, run } = status;
  if (rules.length === 0) print(NO_RULES);
  else print(shown`every day at ${revealed(at)} UTC:`);
  for (const { name, removes, afterDays } of rules) {
    print(shown`  ${word(name)}: ${word(removes)} of sessions with nothing new for ${afterDays} days`);
  }
  if (rules.length > 0 && appliesFrom !== null) {
    print(shown`they apply from ${revealed(appliesFrom)} on:`);
    print('rules stand on the record for a day first');
  }
  for (const line of run === null ? [] : runLines(run)) for (const part of folded(line)) print(part);
}

function runLines(run: RetentionRunView): readonly ShownText[] {
  const { startedAt, finishedAt, by, reason, rules, givenBack, problem } = run;
  const who =
    by === null ? shown`by the relay’s schedule` : shown`by ${personShown(by)}: ${quoted(reason ?? '')}`;
  const end = finishedAt === null ? shown`is under way` : shown`ended ${revealed(finishedAt)}`;
  return [
    shown`run of ${revealed(startedAt)}, ${who}, ${end}`,
    ...rules.map((rule) => shown`  ${countsOf(rule)}`),
    ...(givenBack === 0 ? [] : [shown`  the database is ${amount(givenBack)} bytes smaller`]),
    ...(problem === null ? [] : [shown`  it did not get to its end: ${revealed(problem)}`]),
  ];
}

function countsOf({ name, sessions, bodies, payloads }: RetentionRunView['rules'][number]): ShownText {
  return shown`${word(name)}: ${amount(sessions)} sessions, ${amount(bodies)} bodies, ${amount(payloads)} payloads`;
}
