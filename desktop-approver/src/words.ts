/** Every text of the app outside of its pages, in English. */
export const WORDS = {
  product: 'Sluice',
  tray: {
    tip: (look: 'idle' | 'pending' | 'offline' | 'alarm', pending: number) => {
      const waits = pending === 0 ? 'nobody waits for you' : waiting(pending);
      switch (look) {
        case 'alarm':
          return `Sluice: a record was rewritten. Look at once; ${waits}`;
        case 'offline':
          return `Sluice: not connected everywhere; ${waits}`;
        case 'pending':
        case 'idle':
          return `Sluice: ${waits}`;
        default:
          return look satisfies never;
      }
    },
    alarm: (relay: string) => `The record of ${relay} was rewritten …`,
    more: (count: number) => `and ${count} more`,
    relay: (name: string, state: 'signed_out' | 'connecting' | 'connected' | 'offline' | 'refused') =>
      `Open ${name}${{ signed_out: ' (signed out)', connecting: ' (connecting)', connected: '', offline: ' (offline)', refused: ' (not connected)' }[state]}`,
    downloads: 'Downloaded sessions',
    manage: 'Manage downloads …',
    quiet: 'Do not disturb',
    relays: 'Relays …',
    settings: 'Settings …',
    quit: 'Quit Sluice',
  },
  toast: {
    title: (relay: string, isHigh: boolean) => (isHigh ? `High risk · ${relay}` : relay),
    hidden: 'A request waits for your decision.',
    several: (count: number) => `${count} requests wait for your decision.`,
    deny: 'Deny',
    open: 'Open',
    denied: 'Denied straight from a notification.',
    notDenied: 'It was not denied',
    missed: (came: number, went: number) =>
      [
        ...(came > 0
          ? [`${came === 1 ? 'One request' : `${came} requests`} came and ended while you were away.`]
          : []),
        ...(went > 0
          ? [`${went === 1 ? 'One that waited has' : `${went} that waited have`} ended since.`]
          : []),
      ].join(' '),
    soon: 'Your sign-in ends soon',
    soonAdvice: 'Sign in again, so that no request is missed.',
    signedOut: 'You are signed out',
    alarm: (relay: string) => `The record of ${relay} was rewritten`,
  },
  windows: {
    requests: (relay: string) => `${relay} · Sluice`,
    own: 'Sluice',
    downloads: 'Downloaded sessions · Sluice',
  },
  trayOrQuit: {
    message: 'Keep Sluice running in the tray?',
    detail: 'Only while it runs are you told of requests. You can change this in the settings.',
    keep: 'Keep running',
    quit: 'Quit',
  },
  confirm: {
    approve: 'Approve this?',
    act: (what: string) => `${what}?`,
    vouch: 'Vouch for your other device?',
    compare: 'Compare this fingerprint with the one that the other device shows.',
    at: (relay: string) => `At ${relay}.`,
    no: 'Cancel',
    yes: 'Yes, do it',
    yesApprove: 'Approve',
  },
  link: {
    unknown: 'None of your relays has this request',
    unknownDetail: 'It may be over, of a relay that you are not signed in at, or not for you.',
    close: 'Close',
  },
  file: {
    refused: 'The file could not be opened',
    choose: 'Open a session',
    session: 'Sluice session',
    any: 'All files',
  },
  notices: {
    settings:
      'Your settings could not be read. Those that the app comes with are used; the file is kept beside them.',
    shortcut: 'The shortcut is taken by another program.',
    login: 'It could not be set whether the app starts with this computer.',
    downloads: 'Your downloaded sessions cannot be opened. Downloads says why.',
    toasts: 'This system shows no notifications.',
  },
} as const;

function waiting(count: number): string {
  return count === 1 ? 'one request waits for you' : `${count} requests wait for you`;
}
