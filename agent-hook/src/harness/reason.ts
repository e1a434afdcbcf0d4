import type { AttemptKind, Finding } from '../finding.ts';

/** What the model is told: what was seen, why it does not run, and what to use instead. */
export function reasonFor({ kind, evidence }: Finding): string {
  return `${WHY[kind]} (${evidence}). ${INSTEAD[kind]}`;
}

const WHY: Readonly<Record<AttemptKind, string>> = {
  client: 'This would reach Snowflake past the access relay',
  driver: 'This would reach Snowflake past the access relay',
  request: 'This would reach Snowflake past the access relay',
  credential: 'This handles a credential for Snowflake, which no agent needs',
  server: 'This would reach Snowflake past the access relay, by another server',
  hook: 'This would change the hook that keeps agents on the access relay',
};

const TOOLS =
  'Use the tools of the MCP server `sluice`: `run_statement` runs SQL, and answers masked, refused with a reason, or with a handle while a person is asked (`get_statement` waits for it); `explain_statement` says what would happen; `ask_for_access` asks people ahead.';

const INSTEAD: Readonly<Record<AttemptKind, string>> = {
  client: TOOLS,
  driver: `${TOOLS} A program may use a driver that connects to the relay’s host.`,
  request: TOOLS,
  credential: `The relay holds the only one: leave it out, and name the variable that a person sets. ${TOOLS}`,
  server: TOOLS,
  hook: 'Only a person takes it out (`sluice hook uninstall`). Tell them what you need.',
};

/** Of a call that could not be judged. */
export function reasonForUnread(why: string): string {
  return `The access relay’s hook could not judge this call, and what it cannot judge does not run: ${why}. Make the call smaller or simpler, or ask the person to look.`;
}
