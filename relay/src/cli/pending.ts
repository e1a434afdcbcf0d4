import type { ApprovalSummary, ApprovalView, HeldView, PromptSeen } from '@sluice/contract';
import {
  amount,
  folded,
  joined,
  numberedLines,
  personShown,
  quoted,
  revealed,
  shown,
  type ShownText,
  word,
  wordsShown,
} from '../text/index.ts';
import type { Terminal } from './terminal.ts';
import { inTime } from './moments.ts';
import type { ApprovalsClient } from './decide.ts';
import { wholeRequestId } from './request-id.ts';
import { shortId } from './short-ids.ts';
import type { Paint } from './paint.ts';
import { tableLines } from './table.ts';
import { accessText, grantText } from './approve.ts';
import { jsonLine } from './terminal-text.ts';

export interface PendingOptions {
  readonly json: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** `sluice pending`: lists what waits for a decision, oldest first; with `--json`, one object per line. */
export async function pendingCommand(
  relay: ApprovalsClient,
  { json, now }: PendingOptions,
  { print, program, width, paint }: Pick<Terminal, 'print' | 'program' | 'width' | 'paint'>,
): Promise<void> {
  const { approvals } = await relay.approvals.list();
  if (json) for (const approval of approvals) print(jsonLine(approval));
  else if (approvals.length === 0) {
    print('nothing waits for a decision');
    print('a statement that the policy asks about waits here until somebody decides, or it expires');
    print('so does access that somebody asks for ahead');
  } else {
    for (const line of await pendingLines(relay, approvals, now, {
      width: Math.min(width ?? WIDEST, WIDEST),
      paint: paint.printed,
    }))
      print(line);
    print(`all of one: ${program} pending ID; then ${program} approve ID`);
    print(`or ${program} deny ID --reason TEXT`);
  }
}

/** The longest line, in columns, in which a sentence is still easy to read. */
const WIDEST = 120;

/**
 * `sluice pending ID`: one request, with everything that an approver should read; with `--json`, as the relay sent it.
 */
export async function showPendingCommand(
  relay: ApprovalsClient,
  options: { readonly id: string; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const view = await relay.approvals.read({ params: { id: await wholeRequestId(relay, options.id) } });
  if (options.json) print(jsonLine(view));
  else for (const text of page(view)) print(text);
}

/**
 * A table of the relay's own data, with the requester and their program. Below each row is what they ask for: the
 * beginning and the end of the SQL, and a sentence that says what it means, names the tables and warns if there is no
 * WHERE.
 */
async function pendingLines(
  relay: ApprovalsClient,
  approvals: readonly ApprovalSummary[],
  now: number,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): Promise<readonly string[]> {
  const severalIssuers = new Set(approvals.map(({ requester }) => requester.issuer)).size > 1;
  const [titles = '', , ...rows] = tableLines(
    PENDING,
    approvals.map(({ kind, id, needed, approvedBy, expiresAt, requester, client, rule }) => [
      word(shortId(id)),
      KINDS[kind],
      inTime(expiresAt, now),
      shown`${approvedBy.length} of ${needed}`,
      word(rule, { most: 24 }),
      severalIssuers ? personShown(requester) : word(requester.subject, { most: 24 }),
      word(client, { most: 30 }),
    ]),
    paint,
  );
  const asked = await Promise.all(
    approvals.map(async (approval) => await askedLines(relay, approval, width)),
  );
  return [titles, ...rows.flatMap((row, index) => [row, ...asked[index]!])];
}

/** A request for access covers later statements, so no statement is held. */
const KINDS = { statement: shown`held`, access: shown`access` } as const;

const PENDING = [
  { title: shown`ID` },
  { title: shown`KIND` },
  { title: shown`EXPIRES` },
  { title: shown`AGREED` },
  { title: shown`RULE` },
  { title: shown`WHO` },
  { title: shown`WITH` },
];

/** Indented, as are all texts that others wrote. */
async function askedLines(
  relay: ApprovalsClient,
  { id, sentence }: ApprovalSummary,
  width: number,
): Promise<readonly ShownText[]> {
  // The request may be over by now; then its sentence says enough.
  const view = await relay.approvals.read({ params: { id } }).catch(() => null);
  if (view === null) return folded(shown`    ${revealed(sentence)}`, width);
  const sql = quoted(view.sql, { most: 2 * width - 60, end: true });
  return [...folded(shown`  ${sql}`, width), ...folded(shown`    ${revealed(view.plain.does)}`, width)];
}

function termsOf({ approvedBy, needed, expiresAt, rule }: ApprovalSummary): readonly ShownText[] {
  const until = revealed(`${new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`);
  return [
    shown`${approvedBy.length} of ${needed} approvals`,
    shown`until ${until}`,
    shown`rule ${word(rule)}`,
  ];
}

function page(view: ApprovalView): readonly ShownText[] {
  const { summary, plain, you } = view;
  const estimate = view.kind === 'statement' ? view.estimate : null;
  return [
    joined([shown`Request ${word(summary.id)}`, ...termsOf(summary)], ', '),
    ...(view.kind === 'access'
      ? folded(
          shown`ACCESS ASKED FOR AHEAD: no statement waits for you. Approving it gives a grant: statements of this shape then run unasked, without anybody looking at each.`,
        )
      : []),
    ...folded(shown`Rows: ${revealed(plain.rows)}`),
    ...(estimate === null ? [] : folded(shown`Estimate: ${estimateText(estimate)}`)),
    ...(you.mayDecide
      ? [
          shown`To approve: sluice approve ${word(summary.id)}`,
          shown`To deny: sluice deny ${word(summary.id)} --reason TEXT`,
        ]
      : folded(shown`You cannot decide: ${revealed(you.because)}`)),
    shown``,
    ...folded(
      shown`In quotation marks, and behind line numbers, stands what was chosen by whoever asks or by their programs.`,
    ),
    shown``,
    ...asked(view),
  ];
}

function asked(view: ApprovalView): readonly ShownText[] {
  const { plain, sql, reads, writes, masks, computedOn, summary } = view;
  return [
    ...folded(shown`Who: ${revealed(plain.who)}`),
    ...folded(shown`What: ${revealed(plain.does)}`),
    ...folded(shown`Held because: ${revealed(plain.why)}`),
    ...folded(shown`Reads: ${reads.length === 0 ? 'nothing' : wordsShown(reads, reads.length)}`),
    ...folded(shown`Writes: ${writes.length === 0 ? 'nothing' : wordsShown(writes, writes.length)}`),
    ...summary.mayChange.flatMap((name) =>
      folded(shown`They may change, unasked, what this reads: ${word(name)}`),
    ),
    ...masks.flatMap(({ column, method, because }) =>
      folded(shown`Masked: ${word(column)} (${word(method)}), because of ${revealed(because)}`),
    ),
    ...computedOn.flatMap(({ column, on, because }) =>
      folded(
        shown`Computed on ${on}: ${column === null ? 'the rows' : word(column)}, because of ${revealed(because)}`,
      ),
    ),
    view.kind === 'access' ? shown`Example:` : shown`SQL:`,
    ...numberedLines(sql),
    ...(view.kind === 'access' ? accessText(view) : heldText(view)),
  ];
}

const BY = { person: shown`, the person’s own words`, model: shown`, the model’s own words` } as const;

function promptHeading({ source, by }: PromptSeen): ShownText {
  return by === undefined ? shown`Prompt (${word(source)})` : shown`Prompt (${word(source)}${BY[by]})`;
}

function heldText(view: HeldView): readonly ShownText[] {
  const { parameters, variables, binds, terms, prompt } = view;
  return [
    ...parameters.flatMap(({ name, value }) =>
      folded(shown`Session parameter ${word(name)}: ${quoted(value, VALUE)}`),
    ),
    ...variables.flatMap((variable) => folded(variableText(variable))),
    ...binds.flatMap((bind) => folded(bindText(bind))),
    ...(terms.grantUpTo === 0 ? [] : grantText(view)),
    ...(prompt === null ? [] : [shown`${promptHeading(prompt)}:`, ...numberedLines(prompt.text)]),
  ];
}

function estimateText({
  rows,
  bytes,
  partitions,
  partitionsTotal = null,
  note,
}: NonNullable<HeldView['estimate']>): ShownText {
  return joined(
    [
      ...(rows === null ? [] : [shown`${amount(rows)} ${rows === 1 ? 'row' : 'rows'}`]),
      ...(bytes === null ? [] : [shown`${amount(bytes)} bytes`]),
      ...(partitions === null
        ? []
        : [
            partitionsTotal === null
              ? shown`${amount(partitions)} partitions`
              : shown`${amount(partitions)} of ${amount(partitionsTotal)} partitions`,
          ]),
      ...(note === '' ? [] : [revealed(note)]),
    ],
    ', ',
  );
}

/** The longest value that is displayed, in characters. */
const VALUE = { most: 400, end: true };

function variableText({ name, value, withheld, from }: HeldView['variables'][number]): ShownText {
  if (withheld) return shown`Variable ${word(name)}: withheld`;
  if (value !== null) return shown`Variable ${word(name)}: ${quoted(value, VALUE)}`;
  const source = from.length === 0 ? shown`a value that is not known here` : wordsShown(from);
  return shown`Variable ${word(name)}: computed from ${source}`;
}

function bindText({ position, type, values, total }: HeldView['binds'][number]): ShownText {
  const bind = shown`Bind ${word(position)} (${word(type)})`;
  if (values === null) return shown`${bind}: withheld`;
  const all = values.map((value) => (value === null ? shown`NULL` : quoted(value, VALUE)));
  const rest = total > values.length ? shown` … and ${amount(total - values.length)} more` : '';
  return shown`${bind}: ${joined(all, ', ')}${rest}`;
}
