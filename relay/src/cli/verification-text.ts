import { problemText, type Removals, type VerifyReport, type VoidedEnrolments } from '../recording/index.ts';
import { folded, revealed, shown } from '../text/index.ts';
import type { Paint } from './paint.ts';

/** What `sluice verify` prints for people. */
export function verificationText(what: string, report: VerifyReport, paint: Paint): string {
  const { intact, events, sessions, payloads, redacted, signedDecisions, problems } = report;
  const held =
    `${count(events, 'event')} in ${count(sessions, 'session')}, ${count(payloads, 'payload')}, ` +
    `${count(signedDecisions, 'signed decision')}, ${count(redacted, 'body', 'bodies')} removed by retention`;
  const verdict = intact ? paint('good', 'intact') : paint('bad', 'NOT intact');
  // What is in a record may come from anyone, who may have chosen it.
  const lines = (texts: readonly string[]) => texts.flatMap((each) => folded(shown`  ${revealed(each)}`));
  return [
    `${verdict}: ${what}: ${held}`,
    ...lines(problems.map(problemText)),
    ...lines(report.removals.map(removalsText)),
    ...lines(report.voided.map(voidedText)),
    ...limits(report),
  ].join('\n');
}

function voidedText({ enrolments, by, reason }: VoidedEnrolments): string {
  return `enrolments ${enrolments.join(', ')} of devices do not count, says ${by}: ${reason}`;
}

function removalsText({ rule, by, afterDays, bodies, payloads }: Removals): string {
  const age = afterDays === null ? '' : ` after ${count(afterDays, 'day')}`;
  const took = `${count(bodies, 'body', 'bodies')}, ${count(payloads, 'payload')}`;
  return `removed by rule \`${rule}\`${age}, run by ${by ?? 'the relay'}: ${took}`;
}

/** What this report does not say. */
function limits({
  since,
  unsigned,
  attested,
  uncompared,
  payloadsOpened,
  payloads,
  withoutPayloads,
  signedUnlessRevoked,
  listsCompared,
}: VerifyReport): readonly string[] {
  const tail = `not yet under a checkpoint: the newest ${count(unsigned, 'event')}`;
  const end = 'not attested: that the session had no more events (exported without the signing key)';
  const unopened = 'not opened: the payloads (give --payload-keys to check their bytes too)';
  const before = `not read: the ${count(since, 'event')} before, which the checkpoint of --since covers`;
  const others = `not compared: ${count(uncompared, 'kept checkpoint')} of a size that the export does not show`;
  const decisions = count(signedUnlessRevoked, 'signed decision');
  const devices = `not attested: that no device behind ${decisions} was revoked before, or its enrolment voided`;
  return [
    ...(since === 0 ? [] : [before]),
    ...(unsigned === 0 ? [] : [tail]),
    ...(attested ? [] : [end]),
    ...(signedUnlessRevoked === 0 ? [] : [devices]),
    ...(withoutPayloads ? ['not in it: results and binds (exported without the payload keys)'] : []),
    ...(uncompared === 0 ? [] : [others]),
    ...(listsCompared !== undefined
      ? ['compared with the log: what lists and searches go by, and what lets statements run']
      : []),
    ...(listsCompared === undefined || listsCompared.unindexed === 0
      ? []
      : [unindexed(listsCompared.unindexed)]),
    ...(payloadsOpened || payloads === 0 ? [] : [unopened]),
  ];
}

function unindexed(events: number): string {
  const which = `${count(events, 'event')} that search does not find yet`;
  return `not compared: ${which} (an earlier version has recorded them; a relay that runs indexes them)`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
