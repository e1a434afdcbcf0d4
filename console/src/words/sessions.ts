/** Of the page of sessions. */
export const SESSION_WORDS = {
  title: 'Sessions',
  leadAll: 'Every session on the record, newest first.',
  leadOwn: 'Your own sessions, newest first. Those of others are for auditors to see.',
  found: 'What was found on the record, newest first.',
  filters: 'Filters',
  search: 'Search',
  kinds: { text: 'SQL and prompts', object: 'Table or view', rule: 'Rule' },
  hints: {
    text: 'Words that it has, like: delete orders',
    object: 'Its whole name, like: SHOP.PUBLIC.ORDERS',
    rule: 'The name of a rule of the policy',
  },
  kind: 'Search in',
  onlyAuditors: 'To search what was asked is for auditors.',
  person: 'Person',
  agent: 'Agent or program',
  effect: 'Decision',
  anyEffect: 'Any decision',
  effects: { allow: 'allowed', mask: 'masked', ask: 'held', block: 'blocked' },
  range: 'Time',
  ranges: {
    any: 'Any time',
    '1h': 'Last hour',
    '24h': 'Last 24 hours',
    '7d': 'Last 7 days',
    '30d': 'Last 30 days',
    own: 'From … to …',
  },
  since: 'From',
  before: 'To',
  clear: 'Clear all',
  save: 'Save this search',
  saveTitle: 'Save this search',
  saveName: 'Name',
  saveHint: 'It is kept in this browser.',
  saveNow: 'Save',
  saved: 'Saved',
  remove: (name: string) => `Remove the saved search “${name}”`,
  list: 'Sessions',
  foundList: 'Found',
  /** After the name of who opened it. */
  sentence: (agent: string | null, statements: number | null) =>
    `${agent === null ? '' : `, through ${agent},`} ${
      statements === null
        ? 'ran many statements'
        : statements === 1
          ? 'ran one statement'
          : `ran ${statements === 0 ? 'no' : statements.toLocaleString('en')} statements`
    }`,
  relay: 'The relay itself: what happens outside of any session',
  outcome: {
    masked: (count: number) => `${count.toLocaleString('en')} masked`,
    held: (count: number) => `${count.toLocaleString('en')} held`,
    blocked: (count: number) => `${count.toLocaleString('en')} blocked`,
    failed: (count: number) => (count === 1 ? '1 error' : `${count.toLocaleString('en')} errors`),
  },
  events: (count: number) => (count === 1 ? '1 event' : `${count.toLocaleString('en')} events`),
  open: 'open',
  lasted: (time: string) => `lasted ${time}`,
  hold: 'legal hold',
  none: 'There are no sessions',
  noneAdvice: 'A session begins when an agent or a driver signs in at the relay.',
  noneSo: 'Nothing matches',
  noneSoAdvice: 'Take a filter away, or look at a longer time.',
  noRight: 'Searching the record is for auditors',
  noRightAdvice: 'You see your own sessions without a search: clear it.',
  more: (shown: number) => `Looking further back … ${shown.toLocaleString('en')} so far`,
  end: (shown: number) => `${shown.toLocaleString('en')} in all`,
  unindexed: (count: number) =>
    `${count.toLocaleString('en')} older events cannot be found yet: their index is still being made.`,
  types: {
    statement: 'statement',
    prompt: 'prompt',
    understanding: 'touched it',
    decision: 'decision',
    blocked: 'blocked',
  } as Readonly<Record<string, string>>,
  keys: 'Keys: / to search, j and k to move, Enter to open',
} as const;
