import type { Harness, ToolCall } from '../tools/call.ts';
import { retold } from './other-forms.ts';

export type Payload =
  | { readonly type: 'call'; readonly call: ToolCall }
  /** Another point of an agent's life, at which nothing is about to run. */
  | { readonly type: 'other' }
  /** It cannot be told what is about to run: it must not. */
  | { readonly type: 'unreadable'; readonly why: string };

/** Bytes of a payload that is read; what is larger is not let through. */
export const LARGEST_PAYLOAD = 4 * 1024 * 1024;

/** Reads what a harness writes to a hook's standard input, before a tool is used. */
export function readPayload(text: string): Payload {
  const given = parsed(text);
  if (given === null) return { type: 'unreadable', why: 'it is no JSON object' };
  const own = retold(given);
  if (own === 'other') return { type: 'other' };
  return own === null ? inUsualForm(given) : callOf(own.payload, own.harness);
}

function inUsualForm(value: Members): Payload {
  const event = stringOf(value, 'hook_event_name', 'hookEventName', 'event');
  return event !== null && !/^pre_?tool_?use$/i.test(event) ? { type: 'other' } : callOf(value);
}

function callOf(value: Members, harness?: Harness): Payload {
  const tool = stringOf(value, 'tool_name', 'toolName', 'tool');
  if (tool === null || tool === '') return { type: 'unreadable', why: 'it names no tool' };
  const input = inputOf(value);
  if (input === null) return { type: 'unreadable', why: 'the tool’s arguments cannot be read' };
  return {
    type: 'call',
    call: {
      harness: harness ?? harnessOf(value, tool),
      tool,
      input,
      folder: stringOf(value, 'cwd', 'workspaceFolder', 'workspace_root'),
      session: stringOf(value, 'session_id', 'sessionId', 'conversation_id'),
    },
  };
}

function inputOf(value: Members): Members | null {
  const given =
    value['tool_input'] ??
    value['toolArgs'] ??
    value['tool_args'] ??
    value['toolInput'] ??
    value['arguments'] ??
    value['args'];
  if (given === undefined || given === null) return {};
  // Some harnesses give the arguments as JSON text, some a patch or a command as it is.
  if (typeof given === 'string')
    return given.trim() === '' ? {} : (parsed(given) ?? { command: given, input: given });
  return typeof given === 'object' && !Array.isArray(given) ? (given as Members) : null;
}

/** Names of tools that are VS Code's own. */
const VSCODE =
  /^(?:run_in_terminal|create_file|insert_edit_into_file|replace_string_in_file|multi_replace_string_in_file|create_and_run_task|run_vscode_command|edit_notebook_file|run_notebook_cell|runTerminalCommand|editFiles|copilot_\w+)$/;

function harnessOf(value: Members, tool: string): Harness {
  if ('toolName' in value || 'toolArgs' in value) return 'copilot';
  return VSCODE.test(tool) || /^mcp_(?!_)/.test(tool) ? 'vscode' : 'claude';
}

type Members = Readonly<Record<string, unknown>>;

function parsed(text: string): Members | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null;
  } catch {
    return null;
  }
}

function stringOf(value: Members, ...names: readonly string[]): string | null {
  for (const name of names) {
    const found = value[name];
    if (typeof found === 'string') return found;
  }
  return null;
}
