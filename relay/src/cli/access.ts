import type { AccessOrder, GrantView, RelayClient } from '@sluice/contract';
import { folded, revealed, shown, type ShownText, word, wordsShown } from '../text/index.ts';
import { explanationLines } from './explain-running.ts';
import { inTime } from './moments.ts';
import { shortId, wholeId } from './short-ids.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine } from './terminal-text.ts';

type AccessClient = Pick<RelayClient, 'access' | 'approvals' | 'grants'>;

/** `sluice access ask "SQL" --purpose TEXT`. The statement is not run. */
export async function askForAccess(
  relay: AccessClient,
  { order, json, now }: { readonly order: AccessOrder; readonly json: boolean; readonly now: number },
  { print, width }: Pick<Terminal, 'print' | 'width'>,
): Promise<void> {
  const answer = await relay.access.ask({ body: order });
  if (json) return print(jsonLine(answer));
  if (!('kind' in answer)) {
    print('nothing to ask for: nobody is asked about this statement');
    for (const line of explanationLines(order.sql, answer, width ?? PAPER)) print(line);
    return;
  }
  const { id, approvers, needed, expiresAt, sentence } = answer;
  const who = wordsShown(approvers, approvers.length);
  print(
    shown`asked: ${word(shortId(id))}, ${needed} of ${who} must agree; ${inTime(expiresAt, now)} it expires`,
  );
  for (const line of folded(shown`  ${revealed(sentence)}`, width ?? PAPER)) print(line);
}

/** `sluice access list`: the caller's pending requests for access, and the access that they have. */
export async function listAccess(
  relay: AccessClient,
  { json, now }: { readonly json: boolean; readonly now: number },
  { print, width }: Pick<Terminal, 'print' | 'width'>,
): Promise<void> {
  const [{ approvals }, { grants }] = await Promise.all([relay.approvals.list(), relay.grants.list()]);
  const waiting = approvals.filter(({ kind }) => kind === 'access');
  if (json) {
    for (const request of waiting) print(jsonLine(request));
    for (const grant of grants) print(jsonLine({ kind: 'grant', ...grant }));
    return;
  }
  if (waiting.length + grants.length === 0) print('there is no access, and none is asked for');
  const lines = [
    ...waiting.flatMap(({ id, expiresAt, sentence }) => [
      shown`${word(shortId(id))}  asked for, ${inTime(expiresAt, now)} it expires`,
      ...folded(shown`    ${revealed(sentence)}`, width ?? PAPER),
    ]),
    ...grants.flatMap((grant) => grantLines(grant, now, width ?? PAPER)),
  ];
  for (const line of lines) print(line);
}

/** `sluice access cancel ID`: withdraws the caller's own request. */
export async function cancelAccess(
  relay: AccessClient,
  { id, json }: { readonly id: string; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const known = async () =>
    (await relay.approvals.list()).approvals.filter(({ kind }) => kind === 'access').map(({ id }) => id);
  const whole = await wholeId(id, known, { what: 'requests for access', list: 'sluice access list' });
  const summary = await relay.access.cancel({ params: { id: whole } });
  print(json ? jsonLine(summary) : 'taken back: nobody is asked about it any more');
}

/** `sluice access revoke ID`: ends access that was given. Its holder, and those who may give it, can do this. */
export async function revokeAccess(
  relay: AccessClient,
  { id, json }: { readonly id: string; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const known = async () => (await relay.grants.list()).grants.map(({ id }) => id);
  const whole = await wholeId(id, known, { what: 'grants', list: 'sluice access list' });
  await relay.grants.revoke({ params: { id: whole } });
  print(
    json ? jsonLine({ grant: whole, revoked: true }) : 'taken back: what it let through is asked about again',
  );
}

/** Columns, if the width of the terminal is not known. */
const PAPER = 100;

function grantLines(
  { id, rowsLeft, startsAt, expiresAt, covers }: GrantView,
  now: number,
  width: number,
): ShownText[] {
  const begins = Date.parse(startsAt) > now ? shown`begins ${inTime(startsAt, now)}, ` : '';
  return [
    shown`${word(shortId(id))}  given, ${begins}${inTime(expiresAt, now)} it ends, ${rowsLeft} rows left`,
    ...covers.flatMap((text) => folded(shown`    - ${revealed(text)}`, width)),
  ];
}
