/** What the SQL editor says to people. */
export const SQL_WORDS = {
  leftUnformatted: (count: number) =>
    count === 1
      ? 'One statement is left as it is: it has mistakes, or the formatter does not know all of it.'
      : `${count} statements are left as they are: they have mistakes, or the formatter does not know all of them.`,
  source: 'Sluice',
  syntax: 'syntax',
  expected: (what: string) => `Insert ${what}`,
  replaceBy: (what: string) => `Change to ${what}`,
  blocked: (rule: string, reason: string) => `Blocked by rule ${rule}: ${reason}`,
  asks: (approvers: string, rule: string, reason: string) =>
    `Needs approval by ${approvers} (rule ${rule}): ${reason}`,
  notThere: (message: string) => message,
  notThereYet: (message: string) => `${message}, unless a statement before it makes it first`,
  advice: (advice: string) => `To pass: ${advice}`,
  masked: (column: string, method: string, because: string) =>
    `${column} comes back masked (${method}): ${because}`,
  maskedMany: (columns: readonly string[], because: string) =>
    `${columns.length} columns come back masked: ${columns.join(', ')}: ${because}`,
  computedOn: (what: 'tokens' | 'blanks', because: string) =>
    what === 'tokens'
      ? `Runs on tokens in place of the values, which tell only which are equal: ${because}`
      : `Runs on blanks in place of the values: ${because}`,
  fixes: {
    unionAll: 'Use UNION ALL, which compares nothing',
    tryCast: 'Use TRY_CAST, which does not fail',
    tryFunction: (name: string) => `Use ${name}, which does not fail`,
    dropCondition: 'Leave this condition out',
    isNotNull: (column: string) => `Ask only whether there is a value: ${column} IS NOT NULL`,
    exactly: (column: string) => `Ask for one exact value: ${column} = ...`,
    dropOrder: 'Leave this out of the ORDER BY',
    dropDistinct: 'Leave DISTINCT out',
    groupByItself: (column: string) => `Group by ${column} itself, which runs on tokens`,
    passes: (title: string) => `${title} (passes)`,
    wouldAsk: (title: string) => `${title} (needs approval)`,
    askAhead: 'Ask for access to statements like this...',
    explain: 'Explain what would happen...',
  },
  hover: {
    columns: (count: number) => `${count} columns`,
    more: (count: number) => `... and ${count} more`,
    masked: (method: string, because: string) => `masked (${method}): ${because}`,
    notMasked: 'comes back as it is',
    tags: (tags: readonly string[]) => `tags: ${tags.join(', ')}`,
    nullable: 'may be NULL',
    selectOf: (effect: string, reason: string) =>
      ({
        allow: `A SELECT of it runs: ${reason}`,
        mask: `A SELECT of it runs, masked: ${reason}`,
        ask: `A SELECT of it needs approval: ${reason}`,
        block: `A SELECT of it is blocked: ${reason}`,
      })[effect] ?? reason,
    madeOf: 'made of',
    functionKind: (kind: string) => `${kind} function`,
  },
  run: 'Run',
  runCell: 'Run through Sluice',
  running: 'Running through Sluice',
  runningOf: (at: number, all: number) => `statement ${at} of ${all}`,
  stopped: (at: number, all: number) => `Statement ${at} of ${all} did not succeed: the rest was not run.`,
  nothingToRun: 'There is no statement here to run.',
  runs: 'runs',
  masks: (count: number) => (count === 1 ? '1 column masked' : `${count} columns masked`),
  maskedDetail: (column: string, method: string, because: string) =>
    `${column}: ${method}, because of ${because}`,
  needs: (approvers: string) => `needs approval by ${approvers}`,
  blockedBy: (rule: string) => `blocked by ${rule}`,
  fails: 'would fail',
  noAnswer: 'The relay says nothing about this statement now.',
  lookedUpIn: (place: string) => `Names are looked up in ${place}.`,
  chooseRelay: 'Choose Relay',
  chooseRelayFor: (place: string) => `Relay for the SQL of ${place}`,
  currentRelay: 'The relay that is signed in at',
  everywhere: 'every folder',
  relayMissing: 'The setting sluice.sql.relay names a relay that you are not signed in at.',
  statusName: 'Sluice SQL',
  statusLocal: 'Sluice: syntax only',
  statusRelay: (name: string) => `Sluice: ${name}`,
  statusOff: 'not checked: the setting sluice.sql.check says so',
  statusUntrusted: 'the workspace is not trusted: nothing is sent to a relay',
  statusSignedOut: 'nobody is signed in',
  statusSilent: (code: string) => `the relay does not answer (${code}): syntax only`,
  statusChecked: (person: string) => `checked as ${person}`,
  completion: {
    masked: (method: string) => `masked: ${method}`,
    cte: 'WITH',
    alias: (of: string) => `alias of ${of}`,
  },
} as const;
