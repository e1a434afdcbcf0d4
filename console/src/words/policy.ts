export const POLICY_WORDS = {
  title: 'Policy',
  tabs: { label: 'Parts of the policy', rules: 'Rules', coverage: 'Coverage', draft: 'Draft' },
  noRight: 'The policy is read by auditors and the security groups',
  noRightAdvice: 'What it lets you do yourself is on the page of access.',
  rules: {
    lead: (rules: number) =>
      rules === 1 ? 'One rule is in force. ' : `${rules.toLocaleString('en')} rules are in force. `,
    nothing: 'What none of them lets through is refused.',
    version: (version: string) => `Version ${version.slice(0, 12)}`,
    line: (line: number) => `line ${line}`,
    text: 'In the file',
    tags: 'What is sensitive',
    effects: { allow: 'lets through', mask: 'masks', ask: 'asks people', block: 'refuses' },
    edit: 'Write a draft from it',
    none: 'No rule lets anything through',
    noneAdvice: 'Everything is refused until the policy file has a rule.',
  },
  coverage: {
    lead: (unnamed: number, all: number, more: boolean) =>
      `${unnamed === 0 ? 'Each' : unnamed === 1 ? 'One' : unnamed.toLocaleString('en')} of ${more ? 'the first ' : ''}${all.toLocaleString('en')} tables ${unnamed === 0 ? 'is named by a rule' : unnamed === 1 ? 'is named by no rule' : 'are named by no rule'}.`,
    untagged: (columns: number) =>
      columns === 1
        ? 'One column has no tag, and is shown as it is where its table may be read.'
        : `${columns.toLocaleString('en')} columns have no tag, and are shown as they are where their table may be read.`,
    noRule: 'no rule',
    noRuleAdvice: 'Nobody is let do anything with it.',
    rules: (rules: string) => `named by ${rules}`,
    tags: (tagged: number, untagged: number) =>
      `${tagged.toLocaleString('en')} tagged, ${untagged.toLocaleString('en')} not`,
    withoutTag: 'Without a tag',
    withTag: 'Tagged',
    moreColumns: (columns: number) => `and ${columns.toLocaleString('en')} more columns`,
    more: 'More tables',
    label: 'Tables and views',
    only: 'Only what no rule or tag names',
    none: 'There is no table',
  },
  draft: {
    lead: 'Write a draft, and see what it would change. It takes effect nowhere.',
    help: 'Control and Space lists what may be written here. Enter takes one, Escape closes the list.',
    required: (kind: string) => (kind === '' ? 'required' : `required, ${kind}`),
    text: 'Policy',
    cases: 'Cases',
    casesHint: 'As in POLICY.test.yaml; left empty, none are run.',
    unchanged: 'The draft is the policy in force.',
    good: (rules: number) => `It is a policy, with ${rules.toLocaleString('en')} rules.`,
    bad: (problems: number) =>
      problems === 1
        ? 'It is no policy: one problem.'
        : `It is no policy: ${problems.toLocaleString('en')} problems.`,
    checking: 'Checking …',
    problem: (line: number, column: number) => `Line ${line}, column ${column}`,
    passed: (cases: number) =>
      cases === 1 ? 'The case passes.' : `All ${cases.toLocaleString('en')} cases pass.`,
    failed: (failed: number, all: number) =>
      `${failed.toLocaleString('en')} of ${all.toLocaleString('en')} cases fail.`,
    moreCases: (cases: number) => `${cases.toLocaleString('en')} more are run by \`sluice policy test\`.`,
    download: 'Download',
    discard: 'Back to the policy in force',
    force: 'How it comes into force',
    forceSteps: [
      'Download it, and have the change reviewed as you review others: the policy is a file.',
      'Put it in the place of the relay’s policy file. Relays look at it every second.',
      'The record says from when it is in force (policy_in_force), and what was decided by which version.',
    ],
    kept: 'The draft stays in this tab until you close it.',
  },
  trial: {
    title: 'Try a statement',
    person: 'As',
    groups: 'Groups',
    sql: 'Statement',
    sqlHint: 'It is not run.',
    try: 'Try it',
    failed: 'It could not be tried',
    inForce: 'As it is now',
    draft: 'Under the draft',
    effects: {
      allow: 'It runs.',
      mask: 'It runs, with masks.',
      ask: 'People are asked first.',
      block: 'It is refused.',
    },
    by: (rule: string) => `By ${rule}`,
    asks: (needed: number, groups: string) =>
      needed === 1 ? `One of ${groups} has to agree.` : `${needed} of ${groups} have to agree.`,
    masked: (output: number, method: string) => `Column ${output + 1}: ${method}`,
    same: 'The draft changes nothing for it.',
  },
  simulate: {
    title: 'Simulate on the record',
    what: 'Every recorded statement is decided again by the draft, with today’s catalog, newest session first. Nothing runs.',
    begin: 'Simulate',
    more: 'Go on with earlier sessions',
    stop: 'Stop',
    noRight: 'Sessions are for auditors: they simulate drafts on what was recorded.',
    working: (statements: number) => `${statements.toLocaleString('en')} statements so far …`,
    result: (changed: number, statements: number, sessions: number) =>
      changed === 0
        ? `No decision would change, of ${statements.toLocaleString('en')} statements in ${sessions.toLocaleString('en')} sessions.`
        : `${changed.toLocaleString('en')} of ${statements.toLocaleString('en')} decisions would change, in ${sessions.toLocaleString('en')} sessions.`,
    counts: (stricter: number, looser: number) =>
      `${stricter.toLocaleString('en')} stricter, ${looser.toLocaleString('en')} looser`,
    forWhom: 'For whom',
    changes: 'Changes',
    times: (times: number) => (times === 1 ? 'once' : `${times.toLocaleString('en')} times`),
    cut: (sessions: number) =>
      sessions === 1
        ? 'One session is longer than is gone through here; `sluice policy simulate` goes through all of it.'
        : `${sessions.toLocaleString('en')} sessions are longer than is gone through here; \`sluice policy simulate\` goes through all of them.`,
    moreCharacters: (more: number) => `… and ${more.toLocaleString('en')} more characters`,
    all: 'The whole record has been gone through.',
    failed: 'The simulation ended',
    directions: { stricter: 'stricter', looser: 'looser', other: 'otherwise' },
    shownOf: (shown: number, all: number) => `The first ${shown} of ${all.toLocaleString('en')}.`,
  },
} as const;
