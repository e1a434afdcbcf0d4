/** Every text of the app's own pages, in English. */
export const WORDS = {
  product: 'Sluice',
  pages: 'Pages',
  relays: 'Relays',
  settings: 'Settings',
  downloadsLink: 'Downloads',
  noticed: 'To know',
  failed: 'That did not work',
  cancel: 'Cancel',
  first: {
    title: 'Which relay do you decide for?',
    what: 'Sluice tells you when somebody’s agent asks for something that a person has to agree to. Add the relay of your team, sign in, and close this window: the app goes on in the tray.',
  },
  add: {
    title: 'Add a relay',
    url: 'Address',
    urlHint: 'What your team gave you, such as https://sluice.example.com',
    name: 'Name',
    nameHint: 'As you call it; its address, if you leave this out.',
    button: 'Add the relay',
  },
  lead: (relays: number, connected: number, pending: number) => {
    const all = relays === 1 ? 'Your relay is' : `All ${relays} relays are`;
    const there =
      connected === relays
        ? `${all} connected`
        : `${connected} of ${relays} relays ${connected === 1 ? 'is' : 'are'} connected`;
    const waits =
      pending === 0
        ? 'nobody waits for you'
        : pending === 1
          ? 'one request waits'
          : `${pending} requests wait`;
    return `${there}, and ${waits}.`;
  },
  relay: {
    open: 'Open',
    signIn: (issuer: string) => `Sign in at ${issuer}`,
    signInSomewhere: 'Sign in',
    underWay: 'Sign in on the page that your browser shows, and come back here.',
    signOut: 'Sign out',
    remove: 'Remove …',
    removeTitle: (name: string) => `Remove ${name}?`,
    removeWhat:
      'You are signed out, and are told of its requests no more. This computer’s key for it is deleted: to sign decisions again, it has to be enrolled anew. Sessions that you downloaded stay.',
    removeButton: 'Remove it',
    person: 'Signed in as',
    nobody: 'nobody',
    notKept: 'until the app ends: this computer has no safe place for a sign-in',
    pending: 'Waiting for you',
    device: 'This computer',
    states: {
      signed_out: 'signed out',
      connecting: 'connecting …',
      connected: 'connected',
      offline: 'offline, tries again',
      refused: 'not connected',
    },
  },
  device: {
    unknown: 'not known yet',
    unavailable: 'has no safe place for a key',
    not_enrolled: 'signs no decisions',
    waiting: 'waits for somebody to vouch for its key',
    enrolled: 'signs your decisions',
    revoked: 'its key was revoked',
    fingerprint: 'Fingerprint',
    enrol: 'Enrol this computer',
    compare: 'Somebody who may vouch compares the fingerprint with you, not by way of this computer.',
    own: 'Or vouch for it yourself, on a computer of yours that is enrolled: give it this, and put in what it says.',
    offer: 'Show what to take there',
    word: 'What the other computer said',
    wordButton: 'Finish',
    vouch: 'Vouch for another computer of yours …',
    vouchTitle: 'Vouch for another computer of yours',
    vouchWhat: 'Put in what it shows, and take the answer back to it.',
    vouchOffer: 'What it shows',
    vouchButton: 'Vouch for it',
    vouchWord: 'Take this back to it',
    close: 'Close',
  },
  record: {
    title: 'Its record',
    unseen: 'This computer has seen nothing of it yet.',
    seen: (events: number) =>
      `${events === 1 ? 'One event' : `${events.toLocaleString('en')} events`}, which go on from all that this computer has seen of it.`,
    lastSeen: 'Looked at',
    key: 'Signed by key',
    named:
      'The relay named this key when this computer first saw it. Get it from the people who run the relay by another way, and compare.',
    given: 'It is the key that was pasted here, or follows from it by signed hand-overs.',
    give: 'Compare its key …',
    giveTitle: (name: string) => `Which key were you given of the record of ${name}?`,
    giveWhat:
      'Paste the public key that the people who run the relay gave you, by another way than the relay. If it is not the one that signs this record, the app raises the alarm.',
    giveHint: 'As in the file log.pub, with its first and last line.',
    giveButton: 'Compare',
  },
  downloads: {
    title: 'Downloads · Sluice',
    reading: 'Reading what is on this computer …',
    failed: 'The app does not say what is on this computer. Close this window and open it again.',
    unreadable: 'The sessions on this computer cannot be read.',
    anew: 'Put the file aside and begin a new one',
    lead: (count: number, used: string, limit: string) => {
      if (count === 0) return 'No session is kept on this computer.';
      return `${count === 1 ? 'One session is' : `${count} sessions are`} kept on this computer: ${used} of ${limit}.`;
    },
    how: 'Keep one from its replay, in a relay’s window, or open a .sluice file. It is checked first, and then replayed with its proof without any network.',
    room: 'Room for downloads',
    roomText: (used: string, limit: string) => `${used} of ${limit}`,
    roomHint: (pinned: string | null) =>
      `${pinned === null ? '' : `${pinned} of it are pinned. `}When there is need of room, what was looked at longest ago goes; what is pinned stays. How much room there is stands in the settings.`,
    open: 'Open a file …',
    search: 'Search and replay',
    list: 'Sessions on this computer',
    coming: 'Being checked now',
    comes: (relay: string | null, events: number, bytes: string) =>
      `${relay === null ? 'A file' : `From ${relay}`}: ${events.toLocaleString('en')} events, ${bytes} so far`,
    cancel: 'Call off',
    interrupted: 'Not finished',
    interruptedWhat: 'The app, the network or the relay ended before it was whole. Nothing of it is kept.',
    again: 'Download again',
    forget: 'Forget it',
    of: (relay: string | null) => (relay === null ? 'From a file' : `From ${relay}`),
    session: (name: string, by: string) => `${name}, through ${by}`,
    size: (events: number, bytes: string) =>
      `${events === 1 ? 'one event' : `${events.toLocaleString('en')} events`}, ${bytes}`,
    proof: (key: string, witnesses: number) =>
      `Intact when it came: signed by key ${key}…, ${witnesses === 0 ? 'no witness' : witnesses === 1 ? 'one witness' : `${witnesses} witnesses`}.`,
    history: {
      seen: 'Of the record that this computer has seen.',
      unknown:
        'This computer had seen nothing of its record, or the relay was away: the two are compared as soon as it shows its record again.',
      another:
        'It contradicts the record that this computer has seen, as came out when the relay was there again. Keep it: it is evidence.',
    },
    pinned: 'pinned',
    notCompared: 'not compared yet',
    another: 'of another record',
    replay: 'Replay',
    pin: 'Pin',
    unpin: 'Unpin',
    remove: 'Remove …',
    removeTitle: (title: string) => `Remove ${title}?`,
    removeWhat: (relay: string) =>
      `It goes from this computer. ${relay} has it still, and you can download it again.`,
    removeFile:
      'It goes from this computer’s list. It came as a file, or from a relay that you have removed: keep that file if you need it.',
    removeButton: 'Remove it',
  },
  fileKey: {
    title: (name: string) => `By which key is ${name} to be checked?`,
    what: 'Its record is of no relay of yours. Get the public key of that record from the people who run the relay, and not from where you got the file: whoever changed the one could have changed the other.',
    key: 'Public key',
    hint: 'As in the file log.pub, with its first and last line. It is kept if the file is intact by it.',
    checking: 'Checking the file …',
    button: 'Check the file',
  },
  set: {
    title: 'How you are told, and when',
    notify: 'Notifications',
    of: 'Tell me of',
    ofAll: 'every request that waits for me',
    ofHigh: 'requests with a high risk only',
    ofNone: 'nothing: I look at the tray',
    showsWhat: 'Say who wants what',
    showsWhatHint: 'Whoever sees your screen can read it, locked screens too.',
    sound: 'With a sound',
    cannot: 'This system shows no notifications.',
    quiet: 'Do not disturb',
    quietOn: 'Now, until I turn it off',
    quietHours: 'Each day',
    from: 'From',
    to: 'To',
    quietHint: 'Requests still count in the tray. A rewritten record is told of all the same.',
    start: 'Starting and closing',
    login: 'Start when I sign in to this computer',
    tray: 'Go on in the tray when the last window is closed',
    trayHint: 'Only while it runs are you told of requests.',
    shortcut: 'Keys that show the window',
    shortcutHint:
      'From everywhere on this computer, such as Control+Shift+L. They never decide anything. Empty: none.',
    downloads: 'Downloads',
    room: 'Room for downloaded sessions, GB',
    roomHint: 'Less than there is removes what was looked at longest ago, and nothing that is pinned.',
    theme: 'Theme',
    themes: { system: 'As the system has it', light: 'Light', dark: 'Dark' },
    save: 'Save',
    saved: 'Saved.',
  },
  updates: {
    title: 'This app',
    version: (version: string) => `Sluice ${version}`,
    off: 'It does not look for newer releases: this package names no place where they are announced. Whoever gave you the app gives you the next.',
    unknown: 'It has not looked for a newer release yet.',
    looking: 'Looking for a newer release …',
    newest: 'There is no newer release.',
    newer: (version: string) => `Sluice ${version} is there`,
    how: 'Get it from where you got this one. The app looks once a day, and installs nothing by itself.',
    failed: 'Nobody could say whether there is a newer release.',
    at: 'Looked',
    look: 'Look now',
  },
  alarm: {
    title: (relay: string) => `The record of ${relay} is not the one that this computer saw.`,
    doTitle: 'What to do',
    do: [
      'Approve nothing at this relay until this is explained.',
      'Tell whoever answers for security, in person or by phone. Not by way of the relay, and not only whoever runs it.',
      'Give them the evidence below. Each of the two is signed by the relay: one computer’s word is not needed.',
    ],
    evidence: 'Evidence',
    kept: 'What this computer saw before',
    shown: 'What the relay shows now',
    since: 'Noticed',
    copy: 'Copy the evidence',
    copied: 'Copied',
    noEvidence: 'There are no signed notes: the text above says why.',
    acknowledge: 'When it is explained',
    words: 'What was found out, and what was done',
    wordsHint: 'It is kept with the evidence, on this computer.',
    next: 'From here on',
    goOn: 'go on from what this computer saw: the relay shows it again',
    anew: 'trust what the relay shows now',
    typeHost: (host: string) => `Type ${host} to confirm`,
    typeHint:
      'The evidence stays on this computer. Until then this window stays, and the tray shows an alarm.',
    button: 'Close the alarm',
    none: 'There is no alarm.',
  },
} as const;
