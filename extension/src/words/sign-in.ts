/** Signing in and out, and the relays that are known. */
export const SIGN_IN_WORDS = {
  add: {
    title: 'Add a Sluice relay',
    prompt: 'The address of the relay, as the people who run it gave it to you.',
    placeholder: 'https://sluice.example.com',
    /** The demo's. */
    example: 'http://127.0.0.1:8765',
    checking: (url: string) => `Looking for the relay at ${url} …`,
    known: 'This relay is in your list already.',
  },
  /** Over a list of relays. */
  choose: {
    signIn: 'Where do you want to sign in?',
    use: 'Which relay do your statements go to?',
    remove: 'Which relay is to be removed from the list? You are signed out there first.',
    signOut: 'Where do you want to sign out?',
    addAnother: 'Add a relay …',
    signedOut: 'signed out',
    current: 'in use',
    issuer: 'Where do you sign in?',
  },
  none: 'No relay is known yet. Add the address of one first.',
  browser: {
    title: (relay: string) => `Signing in at ${relay}`,
    waiting: 'go on in your browser …',
  },
  code: {
    title: (relay: string) => `Sign in at ${relay}`,
    detail: (code: string, address: string, minutes: number) =>
      `Enter the code ${code} at ${address}, in a browser on any machine, within ${minutes} minutes. The page asks whether it is the code that you see here: it must be.`,
    open: 'Copy the Code and Open the Page',
    copy: 'Copy the Code',
    waiting: (code: string) => `enter ${code} in your browser …`,
  },
  signedIn: (name: string, relay: string) => `You are signed in at ${relay} as ${name}.`,
  signedOut: (relay: string) => `You are signed out of ${relay}. What was open there has ended.`,
  signedOutHereOnly: (relay: string) =>
    `You are signed out of ${relay} here. The relay was not reached: what waits there ends when your token does.`,
  soonOver: (relay: string, minutes: number) =>
    `Your sign-in at ${relay} ends in ${minutes} minutes, and ${relay} does not renew it.`,
  /** One sentence of what is wrong, and one of what to do. */
  trouble: (message: string, advice: string) => {
    const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
    return advice === '' ? sentence(message) : `${sentence(message)} What to do: ${advice}.`;
  },
  certificate: {
    message: (host: string) => `the certificate of ${host} is not one that this computer trusts`,
    advice:
      'if your organisation has its own certificate authority, add it to the system, or set `http.proxySupport` and NODE_EXTRA_CA_CERTS as VS Code documents; never accept it unseen',
  },
  notYet: {
    message: (host: string) => `${host} gave a token that is not valid yet`,
    advice: 'set this computer’s clock, or have the issuer’s set',
  },
  actions: { signIn: 'Sign In', useCode: 'Use a Code Instead', showLog: 'Show Log', retry: 'Try Again' },
} as const;
