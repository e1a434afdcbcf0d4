import type { ApprovalSummary } from '@sluice/contract';
import { folded, joined, revealed, shown, word, wordsShown } from '../text/index.ts';
import type { DemoPlace } from './demo-place.ts';
import { inTime } from './moments.ts';
import type { Paint } from './paint.ts';
import { shortId } from './short-ids.ts';

export interface HeldOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How the program was called, for messages that quote commands: `npx sluice`. */
  readonly program: string;
  /** Set if the relay is a demo, whose people are known by name; null for any other relay. */
  readonly demo: DemoPlace | null;
  /** The command-line options that reach the same relay as this person; null: as the caller. */
  readonly options: (person: string | null) => string;
  readonly paint: Paint;
}

/** What is printed to the person who waits: why, who may decide, and the commands to approve or deny. */
export function heldLines(
  approval: ApprovalSummary,
  { now, program, demo, options, paint }: HeldOptions,
): readonly string[] {
  const { approvers, needed, approvedBy, expiresAt, reason, rule, id, requester } = approval;
  const left = needed - approvedBy.length;
  const people = (demo?.people ?? []).filter(
    ({ subject, groups }) =>
      subject !== requester.subject && groups.some((group) => approvers.includes(group)),
  );
  const named = people.length === 0 ? [] : [shown`here: ${wordsShown(people.map(({ subject }) => subject))}`];
  const who = joined([shown`anybody in ${wordsShown(approvers, approvers.length)} but you`, ...named], '; ');
  const decide = revealed(`${program} approve ${shortId(id)}${options(people[0]?.subject ?? null)}`);
  const deny = revealed(`${program} deny ${shortId(id)}${options(people[0]?.subject ?? null)} --reason TEXT`);
  return [
    ...folded(
      shown`Waiting for ${left === 1 ? 'a person' : shown`${left} people`} to agree (rule ${word(rule)}): ${revealed(reason)}`,
    ).map((line) => paint('caution', line)),
    ...folded(shown`Who may decide: ${who}; ${inTime(expiresAt, now)} it expires`),
    paint('title', shown`  ${decide}`),
    paint('title', shown`  ${deny}`),
  ];
}
