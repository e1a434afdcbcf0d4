/** Ways around the relay, and what mends them. */
export const FINDING_WORDS = {
  source: 'Sluice',
  secret: (name: string | null) =>
    `${name === null ? 'This address holds' : `\`${name}\` is`} a static credential for Snowflake. Whoever reads this file, an agent too, reaches the warehouse past the relay: unmasked, unasked, off the record.`,
  key: (name: string | null) =>
    `${name === null ? 'This private key' : `The private key that \`${name}\` names`} signs in to Snowflake past the relay. An agent that can read the file can use it.`,
  direct: (name: string | null) =>
    `${name === null ? 'This address' : `\`${name}\``} leads to a Snowflake account and not to the relay: what runs there is not masked, not approved and not on the record.`,
  server: (name: string | null) =>
    `The MCP server \`${name ?? ''}\` reaches Snowflake by itself: agents that use it pass no gate.`,
  point: (relay: string) => `Point it at ${relay}, and take the secret out`,
  pointShownFirst: (relay: string) => `Point it at ${relay}: show me first`,
  pointLabel: 'A connection to the relay in place of one to Snowflake',
  pointDescription: 'with no secret in the file',
  signIn: 'Sign in to a relay, to point it there',
  noRelay: 'Nobody is signed in to a relay, so there is none to point the connection at.',
  leaveAlone: 'Leave it alone, with a reason …',
  askReason: 'Why may it stay? Whoever reviews the workspace reads this.',
  needsReason: 'A reason is needed',
  tokenFrom: {
    variable: (variable: string) =>
      `It takes a token from ${variable} when it runs; \`sluice sign-in\` prints one. The secret that was taken out is still in the file's history, and good: have it revoked.`,
    driver:
      "The program has to hand the driver a token when it runs; `sluice sign-in` prints one. The secret that was taken out is still in the file's history, and good: have it revoked.",
    prompt:
      "The editor asks for a token when the server starts; `sluice sign-in` prints one. The secret that was taken out is still in the file's history, and good: have it revoked.",
  },
  looking: 'Looking for ways around the relay',
  none: 'No static credential for Snowflake and no connection past the relay was found.',
  some: (findings: number, files: number) =>
    `${findings} ${findings === 1 ? 'way' : 'ways'} around the relay in ${files} ${files === 1 ? 'file' : 'files'}. They are among the problems.`,
  ignored: (count: number) => `${count} left alone, as people have said.`,
  showProblems: 'Show Problems',
  leftOut: {
    large: (count: number) => `${count === 1 ? 'a file' : `${count} files`} larger than 512 KiB`,
    unreadable: (count: number) => `${count === 1 ? 'a file' : `${count} files`} that could not be read`,
    links: (count: number) => (count === 1 ? 'a linked folder' : `${count} linked folders`),
    folders: (count: number) =>
      count === 1 ? 'a folder of packages or built files' : `${count} folders of packages and built files`,
    more: 'whatever comes after the first 100,000 files',
  },
  notLookedAt: (what: string) => `Not looked at: ${what}.`,
  ownProfiles: {
    ask: 'Look for credentials in your own profiles of Snowflake and dbt? They are read on this machine, and nothing of them is kept or sent.',
    look: 'Look',
    none: 'You have no such profile on this machine.',
  },
  report: {
    ask: (relay: string, sent: string) =>
      `Tell the security team how many were found? No name, no path and no value goes along. This is all that is sent to ${relay}: ${sent}`,
    always: 'Send These Counts',
    never: 'Never',
  },
} as const;
