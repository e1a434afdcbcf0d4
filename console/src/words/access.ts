/** How much of a table somebody gets: each with the word that its colour stands for. */
const effects = {
  allow: 'as it is',
  mask: 'masked',
  ask: 'after a person agrees',
  block: 'refused',
} as const;

/** What programs speak with the relay. */
const protocols = { snowflake: 'a driver', mcp: 'MCP', api: 'the API' } as const;

const count = (number: number, one: string, many: string) =>
  number === 1 ? `one ${one}` : `${number.toLocaleString('en')} ${many}`;

/** A sentence begins with a capital, whatever it begins with. */
const begun = (sentence: string) => sentence.charAt(0).toUpperCase() + sentence.slice(1);

/** As many as fit on a line; the rest is counted. */
const named = (names: readonly string[]) =>
  names.length <= 6
    ? names.join(', ')
    : `${names.slice(0, 5).join(', ')} and ${(names.length - 5).toLocaleString('en')} more`;

export const ACCESS_WORDS = {
  title: 'Access',
  tabs: {
    label: 'Parts of access',
    who: 'Who sees what',
    grants: 'Grants',
    revocations: 'Revocations',
    devices: 'Devices',
  },
  effects,
  who: {
    about: 'Ask about',
    person: 'A person',
    table: 'A table',
    choose: 'Person',
    you: (name: string) => `${name} (you)`,
    inGroups: 'Somebody in these groups …',
    groups: 'Groups',
    groupsHint: 'Separated by commas, as tokens name them.',
    find: 'Find a person',
    findHint: 'There are more than are listed: part of a name or an id.',
    ask: 'Ask',
    out: 'revoked',
    outTitle: (name: string) => `${name} is out`,
    outAdvice:
      'Their access has been revoked: nothing below reaches them. It is what the rules say without that.',
    memberOf: (groups: string) => (groups === '' ? 'somebody in no group' : `somebody in ${groups}`),
    asOf: 'Groups are those of the newest token that they came with.',
    lead: (
      who: string,
      isYou: boolean,
      found: Readonly<Record<keyof typeof effects, number>>,
      more: boolean,
    ) => {
      const verb = isYou ? 'get' : 'gets';
      const parts = [
        found.allow > 0 ? `${found.allow.toLocaleString('en')} as they are` : '',
        found.mask > 0 ? `${found.mask.toLocaleString('en')} with masks` : '',
        found.ask > 0 ? `${found.ask.toLocaleString('en')} after a person agrees` : '',
        found.block > 0 ? `${found.block.toLocaleString('en')} not at all` : '',
      ].filter((part) => part !== '');
      const all = found.allow + found.mask + found.ask + found.block;
      if (all === 0) return begun(`${who} ${verb} no table.`);
      const last = parts.at(-1)!;
      const listed = parts.length === 1 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
      return `Of ${more ? 'the first ' : ''}${count(all, 'table', 'tables')}, ${who} ${verb} ${listed}.`;
    },
    none: 'No rule lets them do anything with a table',
    noneAdvice: 'What no rule names is refused, and they are not told that it is there.',
    select: 'What a SELECT of the whole table would be answered now',
    by: (rule: string, groups: readonly string[], more: readonly string[] = []) =>
      `by ${[rule + (groups.length === 0 ? '' : `, for members of ${groups.join(' and ')}`), ...more].join('; ')}`,
    granted: 'grant',
    reads: 'It is a view, and reads',
    underGrant: 'Beside what is below, a grant lets them run statements on it without asking,',
    columns: (all: number, masked: readonly string[]) =>
      masked.length === 0
        ? count(all, 'column', 'columns')
        : `${count(all, 'column', 'columns')}; masked: ${named(masked)}`,
    moreColumns: (left: number) => `and ${count(left, 'column', 'columns')} more`,
    shown: 'as it is',
    shownBy: (rules: string) => `Sensitive, and shown as it is by ${rules}.`,
    maskedBy: (rules: string) => `Masked so by ${rules}.`,
    maskedForAll: 'Masked as for everybody: no rule shows it to them.',
    notReached: 'Not reached: the whole is refused.',
    more: 'More tables',
    morePeople: 'More people',
    tableField: 'Table or view',
    tableHint: 'Its full name, such as SHOP.PUBLIC.CUSTOMERS.',
    badTable: 'A full name has three parts: DATABASE.SCHEMA.NAME.',
    ofTable: (table: string, some: number, all: number, more: boolean) =>
      `${some === 0 ? 'Nobody' : some === all && !more ? (all === 1 ? 'One person' : `All ${all.toLocaleString('en')} people`) : `${some.toLocaleString('en')} of ${more ? 'the first ' : ''}${count(all, 'person', 'people')}`} ${some === 1 || (all === 1 && some === all) ? 'gets' : some === 0 ? 'gets' : 'get'} something of ${table}.`,
    tableFirst: 'Name a table to see who gets what of it.',
    readersLabel: 'People',
    objectsLabel: 'Tables and views',
    noOthers: 'You see your own access',
    noOthersAdvice: 'What others may see, auditors and the security groups look up.',
  },
  through: {
    usual: 'JavaScript',
    what: (application: string, protocol: 'snowflake' | 'mcp' | 'api', agent: string | null) =>
      `As they would come with ${application}, over ${protocols[protocol]}, ${agent === null ? 'without an agent' : `through the agent ${agent}`}`,
    application: 'Program',
    applicationHint: 'As it names itself to the relay.',
    protocol: 'Over',
    protocols,
    agent: 'Agent',
    agentHint: 'Empty: none.',
  },
  grants: {
    lead: (grants: number) =>
      grants === 0
        ? 'No grant is in force that you hold, gave or may end.'
        : `${grants === 1 ? 'One grant is' : `${grants.toLocaleString('en')} grants are`} in force.`,
    empty: 'Every statement that needs a person asks one',
    emptyAdvice:
      'A grant lets statements of one shape run for a while. It is given with a decision on a request, or asked for ahead.',
    of: (who: string) => `${who} may run these without asking again`,
    given: (by: string) => `Given by ${by}`,
    rows: (left: number, all: number) => `${left.toLocaleString('en')} of ${count(all, 'row', 'rows')} left`,
    starts: 'begins later',
    purpose: 'Asked for',
    end: 'End it',
    endTitle: 'End this grant',
    endWhat: 'The next statement under it is asked about again. What runs already goes on.',
    ended: 'The grant has ended.',
    failed: 'The grant has not ended',
  },
  revocations: {
    lead: (out: number) =>
      out === 0
        ? 'Nobody’s access is revoked.'
        : begun(`${count(out, 'revocation is', 'revocations are')} in force.`),
    empty: 'Nobody has been put out',
    emptyAdvice: 'A revocation ends sessions at once and refuses every token of that person, old or new.',
    noRight: 'Only the security groups put people out',
    noRightAdvice: 'Ask somebody of them: `groups.security` in the relay’s configuration.',
    title: 'Revoke somebody’s access',
    person: 'Person',
    other: 'Somebody who is not listed …',
    identity: 'Identity',
    identityHint: 'ISSUER|SUBJECT, as the record has it.',
    what: 'What to refuse',
    subject: 'The person: every token, from now on',
    before: 'Tokens issued until now: they may sign in again',
    reason: 'Reason',
    reasonHint: 'It stands on the record.',
    revoke: 'Revoke now …',
    confirmTitle: (who: string) => `Revoke ${who}`,
    confirmSubject:
      'Their open sessions end now, what they wait for is cancelled, and grants of theirs end. This cannot be taken back here.',
    confirmBefore: 'Their open sessions end now. With a new sign-in they are in again.',
    confirm: 'Revoke now',
    failed: 'Nobody has been revoked',
    done: (who: string) => `${who} is out`,
    checking: 'Looking for open sessions …',
    noneOpen: 'No session of theirs is open.',
    stillOpen: (open: number) =>
      `${count(open, 'session is', 'sessions are')} still open. Try again, and look at the relay’s log.`,
    doneSince: 'Nothing of theirs is answered from now on.',
    list: 'In force',
    everybody: 'everybody',
    target: {
      subject: (who: string) => who,
      token: (id: string) => `the token ${id}`,
      issued_before: (who: string) => `tokens of ${who} from before`,
    },
    by: (who: string) => `by ${who}`,
  },
  devices: {
    lead: (inUse: number) =>
      inUse === 0
        ? 'No device signs your decisions.'
        : `${inUse === 1 ? 'One device signs' : `${inUse.toLocaleString('en')} devices sign`} your decisions.`,
    own: 'Yours',
    empty: 'Enrol one where you decide',
    emptyAdvice:
      'Run `sluice devices enrol` there. Some decisions count only with the signature of a device.',
    inUse: 'in use',
    revoked: 'revoked',
    enrolled: 'enrolled',
    revoke: 'Revoke …',
    revokeTitle: (name: string) => `Revoke ${name}`,
    revokeWhat:
      'What it signs from now on is refused. What it has signed stays valid. This cannot be taken back.',
    confirm: 'Revoke the device',
    failed: 'The device has not been revoked',
    waiting: 'Wait for somebody’s word',
    fingerprint: 'Fingerprint',
    compare: 'Compare it with the one that the device shows, over a channel that you trust.',
    vouch: 'Vouch for it …',
    vouchTitle: (owner: string) => `Vouch for a device of ${owner}`,
    comment: 'How you know that it is theirs',
    confirmVouch: 'Vouch for it',
    vouchFailed: 'Your word was not taken',
  },
} as const;

export type Effect = keyof typeof effects;
