import { expect, it, describe } from 'vitest';
import { ATTEMPTED_COMMANDS, ATTEMPTED_POWERSHELL } from '../table/attempts.ts';
import { ATTEMPTED_CALLS, HARMLESS_CALLS } from '../table/calls.ts';
import { FRESH_ATTEMPTS, FRESH_HARMLESS } from '../table/fresh.ts';
import { HARMLESS_COMMANDS, HARMLESS_POWERSHELL } from '../table/harmless.ts';
import { workspace } from '../table/workspace.ts';
import { judgeCall, readPayload } from './index.ts';

/** What is found in a payload, by its evidence; null when it would pass. */
function found(payload: object): string | null {
  const read = readPayload(JSON.stringify(payload));
  if (read.type !== 'call') throw new Error(`${read.type}: ${JSON.stringify(payload)}`);
  const finding = judgeCall(read.call, { around: workspace });
  return finding === null ? null : `${finding.kind}: ${finding.evidence}`;
}

const bash = (command: string) =>
  found({ hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command } });
const powershell = (command: string) => found({ toolName: 'powershell', toolArgs: { command } });

describe('attempts', () => {
  it.each([...ATTEMPTED_COMMANDS, ...FRESH_ATTEMPTS])('%s', (command) => {
    expect(bash(command)).not.toBeNull();
  });
  it.each(ATTEMPTED_POWERSHELL)('PowerShell: %s', (command) => {
    expect(powershell(command)).not.toBeNull();
  });
  it.each(ATTEMPTED_CALLS)('$name', ({ payload }) => {
    expect(found(payload)).not.toBeNull();
  });
});

describe('what only looks like one', () => {
  it.each([...HARMLESS_COMMANDS, ...FRESH_HARMLESS])('%s', (command) => {
    expect(bash(command)).toBeNull();
  });
  it.each(HARMLESS_POWERSHELL)('PowerShell: %s', (command) => {
    expect(powershell(command)).toBeNull();
  });
  it.each(HARMLESS_CALLS)('$name', ({ payload }) => {
    expect(found(payload)).toBeNull();
  });
});
