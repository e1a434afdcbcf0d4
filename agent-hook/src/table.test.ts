import { expect, it, describe } from 'vitest';
import { ATTEMPTED_COMMANDS, ATTEMPTED_POWERSHELL } from '../table/attempts.ts';
import { ATTEMPTED_CALLS, HARMLESS_CALLS } from '../table/calls.ts';
import { FRESH_ATTEMPTS, FRESH_HARMLESS } from '../table/fresh.ts';
import { HARMLESS_COMMANDS, HARMLESS_POWERSHELL } from '../table/harmless.ts';
import * as first from '../table/hidden/first.ts';
import * as second from '../table/hidden/second.ts';
import * as third from '../table/hidden/third.ts';
import * as fourth from '../table/hidden/fourth.ts';
import * as fifth from '../table/hidden/fifth.ts';
import * as sixth from '../table/hidden/sixth.ts';
import { workspace, workspaceOf } from '../table/workspace.ts';
import { judgeCall, readPayload, type Surroundings } from './index.ts';

/** What is found in a payload, by its evidence; null when it would pass. */
function found(payload: object, around: Surroundings = workspace): string | null {
  const read = readPayload(JSON.stringify(payload));
  if (read.type !== 'call') throw new Error(`${read.type}: ${JSON.stringify(payload)}`);
  const finding = judgeCall(read.call, { around });
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

describe.each([
  { name: 'first', batch: first },
  { name: 'second', batch: second },
  { name: 'third', batch: third },
  { name: 'fourth', batch: fourth },
  { name: 'fifth', batch: fifth },
  { name: 'sixth', batch: sixth },
])('what was written blind, in a workspace of its own: the $name batch', ({ batch }) => {
  const around = workspaceOf(batch.FILES);
  const told = (payloads: readonly object[]) =>
    payloads.map((payload) => ({ text: JSON.stringify(payload), payload }));
  it.each(told(batch.ATTEMPTS))('denies $text', ({ payload }) => {
    expect(found(payload, around)).not.toBeNull();
  });
  it.each(told(batch.HARMLESS))('lets pass $text', ({ payload }) => {
    expect(found(payload, around)).toBeNull();
  });
});

describe('every form in which a harness tells of a command', () => {
  const TOOLS =
    'run_in_terminal runInTerminal copilot_runInTerminal bash Bash powershell shell local_shell execute_command run_command terminal functions.run_in_terminal mcp__shell__execute write_bash send_to_terminal'.split(
      ' ',
    );
  const forms = (tool: string, command: string): readonly object[] => [
    { hook_event_name: 'PreToolUse', tool_name: tool, tool_input: { command } },
    { hookEventName: 'preToolUse', tool_name: tool, tool_input: JSON.stringify({ command }) },
    { toolName: tool, toolArgs: { command }, sessionId: 's', timestamp: 1, cwd: '/workspace' },
    { toolName: tool, toolArgs: JSON.stringify({ command }) },
    { tool, arguments: { command } },
    { toolName: tool, toolArgs: { input: command } },
    { tool_name: tool, tool_args: { commands: [command] } },
  ];
  const cases = TOOLS.flatMap((tool) => forms(tool, '').map((_, form) => ({ tool, form })));
  it.each(cases)('$tool, form $form', ({ tool, form }) => {
    expect(found(forms(tool, 'snowsql -q "select 1"')[form]!)).not.toBeNull();
    expect(found(forms(tool, 'git status')[form]!)).toBeNull();
  });
});
