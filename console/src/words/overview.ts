const number = (count: number) => count.toLocaleString('en');

export const OVERVIEW_WORDS = {
  title: 'Overview',
  noRight: 'What everybody did is for auditors and the security groups',
  noRightAdvice: 'Go to the inbox',
  range: 'Time',
  ranges: { day: '24 hours', week: '7 days', month: '30 days', quarter: '90 days' },
  lead: (decided: number, over: string, isCounting: boolean) =>
    isCounting
      ? `At least ${number(decided)} ${decided === 1 ? 'statement was' : 'statements were'} decided on in the last ${over}.`
      : decided === 0
        ? `Nothing was asked in the last ${over}.`
        : `${number(decided)} ${decided === 1 ? 'statement was' : 'statements were'} decided on in the last ${over}.`,
  empty: 'No statement has come',
  emptyAdvice: 'As soon as somebody sends one, it is counted here within a few seconds.',
  effects: { allow: 'as asked', mask: 'masked', ask: 'held', block: 'blocked' },
  decisions: 'Statements, by what was decided',
  approvals: 'Requests for approval',
  approvalParts: { asked: 'asked', approved: 'approved', denied: 'denied', lapsed: 'lapsed' },
  refusals: 'Attempts past the gate',
  refusalParts: { block: 'blocked by a rule', bypassed: 'around the relay', refused: 'refused at the door' },
  refusalsHint:
    'Around the relay: what the hook on people’s machines stopped their agents from, as it reports. At the door: sign-ins and requests that were refused before there was a statement.',
  found: (reports: number) =>
    `${reports === 1 ? 'One editor has' : `Editors have ${number(reports)} times`} reported how many credentials and direct connections lie in a workspace. Search the sessions for “direct connections” to read the counts.`,
  waited: 'Time to decide',
  waitedHint: 'Of requests that somebody approved or denied.',
  upTo: (upTo: number | null) => {
    if (upTo === null) return 'longer';
    return upTo < 3_600 ? `up to ${upTo / 60} min` : `up to ${upTo / 3_600} h`;
  },
  waiting: (waiting: number) =>
    waiting === 0 ? 'Nobody waits' : waiting === 1 ? 'One request waits' : `${number(waiting)} requests wait`,
  toInbox: 'Open the inbox',
  table: 'As a table',
  when: 'When',
  sessions: (at: string) => `Sessions from ${at}`,
  bar: (at: string, parts: string) => `${at}: ${parts}`,
  counting: 'Counting is under way',
  uncounted: (events: number) =>
    events === 1
      ? 'One event is not counted yet.'
      : `${number(events)} events are not counted yet: older ones are counted in the background.`,
  none: 'none',
} as const;
