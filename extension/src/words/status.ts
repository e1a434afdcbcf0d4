/** The status bar, and the menu behind it. */
export const STATUS_WORDS = {
  name: 'Sluice',
  signIn: 'Sluice: sign in',
  signedOutTip: 'Nobody is signed in at a relay: no statement can be sent.',
  waiting: (count: number) => `${count} waiting`,
  person: (person: string, relay: string) => `Signed in at **${relay}** as **${person}**.`,
  connecting: 'Connecting …',
  connected: 'Connected: what happens there is shown here as it happens.',
  offline: 'Not connected. It is tried again by itself.',
  refused: 'The relay does not let you in.',
  pending: (count: number) =>
    count === 0
      ? 'No statement of yours waits for anybody.'
      : `${count} ${count === 1 ? 'request of yours waits' : 'requests of yours wait'} for people to decide.`,
  others: (count: number) => `${count} other ${count === 1 ? 'relay' : 'relays'} in your list.`,
  accessible: (state: string, person: string, relay: string, waiting: number) =>
    `Sluice: ${state}, ${person} at ${relay}, ${waiting} waiting`,
  states: {
    connecting: 'connecting',
    connected: 'connected',
    offline: 'offline',
    refused: 'not let in',
  },
  menu: {
    title: 'Sluice',
    signIn: 'Sign in …',
    signInAgain: 'Sign in again …',
    signOut: 'Sign out …',
    use: 'Use another relay …',
    add: 'Add a relay …',
    remove: 'Remove a relay …',
    console: 'Open the console in the browser',
    reconnect: 'Connect again now',
    log: 'Show the log',
    walkthrough: 'How this works',
  },
} as const;
