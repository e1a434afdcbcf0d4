import type { ApprovalSummary, ApprovalView } from '@sluice/contract';
import type { RelayClient } from './relay-client.ts';
import { grantText } from './approve.ts';
import { shown } from './terminal-text.ts';

/** `sluice pending`: what waits for a decision, oldest first; with `--json`, one object a line. */
export async function pendingCommand(
  relay: RelayClient,
  options: { readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const approvals = await relay.pending();
  if (options.json) for (const approval of approvals) print(JSON.stringify(approval));
  else if (approvals.length === 0) print('nothing waits for a decision');
  else for (const approval of approvals) print(line(approval));
}

/** `sluice pending ID`: one request, with everything an approver should read; with `--json`, as sent. */
export async function showPendingCommand(
  relay: RelayClient,
  options: { readonly id: string; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const view = await relay.approval(options.id);
  if (options.json) print(JSON.stringify(view));
  else for (const text of page(view)) print(text);
}

function line(approval: ApprovalSummary): string {
  const { id, requester, client, sentence, approvedBy, needed, expiresAt } = approval;
  return [
    id,
    shown(requester.name),
    shown(client),
    `${approvedBy.length} of ${needed}`,
    `until ${expiresAt}`,
    shown(sentence),
  ].join('  ');
}

function page(view: ApprovalView): string[] {
  const { plain, prompt, sql, reads, writes, masks, computedOn, binds, estimate, you, summary, terms } = view;
  return [
    shown(plain.who),
    ...(prompt === null ? [] : [`Prompt: ${shown(prompt.text)}`]),
    shown(plain.does),
    `Held: ${shown(plain.why)}`,
    `Reads: ${shown(reads.join(', ') || 'nothing')}`,
    `Writes: ${shown(writes.join(', ') || 'nothing')}`,
    ...summary.mayChange.map((name) => `They may change, unasked, what this reads: ${shown(name)}`),
    ...masks.map(({ column, method }) => `Masked: ${shown(column)} (${method})`),
    ...computedOn.map(
      ({ column, on, because }) =>
        `Computed on ${on}: ${column === null ? 'the rows' : shown(column)}, because of ${shown(because)}`,
    ),
    `Rows: ${shown(plain.rows)}`,
    ...(estimate === null ? [] : [`Estimate: ${shown(estimateText(estimate))}`]),
    'SQL:',
    ...sql.split('\n').map((text) => `  ${shown(text)}`),
    ...binds.map(
      ({ position, type, values, total }) =>
        `Bind ${shown(position)} (${shown(type)}): ${values === null ? 'withheld' : bindText(values, total)}`,
    ),
    ...(terms.grantUpTo === 0 ? [] : grantText(view)),
    ...(you.mayDecide ? [] : [`You cannot decide: ${shown(you.because)}`]),
  ];
}

function estimateText({ rows, bytes, partitions, note }: NonNullable<ApprovalView['estimate']>): string {
  const figures = [
    rows === null ? null : `${rows} rows`,
    bytes === null ? null : `${bytes} bytes`,
    partitions === null ? null : `${partitions} partitions`,
    note === '' ? null : note,
  ];
  return figures.filter((text) => text !== null).join(', ');
}

function bindText(values: readonly (string | null)[], total: number): string {
  const rest = total > values.length ? ` ... and ${total - values.length} more` : '';
  return `${values.map((value) => (value === null ? 'NULL' : shown(value))).join(', ')}${rest}`;
}
