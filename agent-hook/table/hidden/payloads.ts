export const b64 = (text: string) => Buffer.from(text).toString('base64');
export const hex = (text: string) => Buffer.from(text).toString('hex');
export const oct = (text: string) =>
  Array.from(text, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`).join('');
export const esc = (text: string) =>
  Array.from(text, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`).join('');

export const sh = (command: string) => ({
  hook_event_name: 'PreToolUse',
  tool_name: 'Bash',
  tool_input: { command },
});
export const vs = (command: string) => ({
  hookEventName: 'PreToolUse',
  tool_name: 'run_in_terminal',
  tool_input: { command, explanation: 'x', isBackground: false },
});
export const ps = (command: string) => ({ toolName: 'powershell', toolArgs: JSON.stringify({ command }) });
export const call = (tool_name: string, tool_input: object) => ({
  hook_event_name: 'PreToolUse',
  tool_name,
  tool_input,
});
export const cursorShell = (command: string) => ({
  conversation_id: 'c',
  generation_id: 'g',
  hook_event_name: 'beforeShellExecution',
  command,
  cwd: '/workspace',
  workspace_roots: ['/workspace'],
});
export const gemini = (tool_name: string, tool_input: object) => ({
  session_id: 's',
  hook_event_name: 'BeforeTool',
  cwd: '/workspace',
  tool_name,
  tool_input,
});
