import type { Harness } from '../tools/call.ts';

type Members = Readonly<Record<string, unknown>>;

/** A call in the words of the usual form, whoever told of it. */
export interface Retold {
  readonly harness: Harness;
  readonly payload: Members;
}

/**
 * What harnesses with events of their own say before something runs, in the words of the others: Gemini CLI's `BeforeTool`, Cursor's
 * events, one for each kind of tool, and Windsurf's, which are told in an envelope. Null where it is none of theirs; `other`
 * where nothing is about to run.
 */
export function retold(value: Members): Retold | 'other' | null {
  const event = value['hook_event_name'];
  const action = value['agent_action_name'];
  if (typeof action === 'string') return ofWindsurf(action, value);
  switch (event) {
    case 'BeforeTool':
      return { harness: 'gemini', payload: value };
    case 'beforeShellExecution':
      return ofCursor(value, 'shell', { command: value['command'], cwd: value['cwd'] });
    case 'beforeReadFile':
      return ofCursor(value, 'read_file', { file_path: value['file_path'] });
    case 'beforeMCPExecution':
      return ofCursor(value, value['tool_name'], {
        ...membersOf(value['tool_input']),
        // What is asked is a server, which its address or its command names.
        server: value['url'] ?? value['command'],
      });
    default:
      return null;
  }
}

function ofCursor(value: Members, tool: unknown, input: Members): Retold {
  return { harness: 'cursor', payload: { ...value, tool_name: tool, tool_input: input } };
}

const WINDSURF: Readonly<Record<string, string>> = {
  pre_run_command: 'run_command',
  pre_write_code: 'write_file',
  pre_read_code: 'read_file',
};

function ofWindsurf(action: string, value: Members): Retold | 'other' {
  const info = membersOf(value['tool_info']);
  const about = { session_id: value['trajectory_id'], cwd: info['cwd'] ?? value['cwd'] };
  const retell = (tool_name: unknown, tool_input: Members): Retold => ({
    harness: 'windsurf',
    payload: { ...about, tool_name, tool_input },
  });
  if (action === 'pre_mcp_tool_use')
    return retell(info['mcp_tool_name'], {
      ...membersOf(info['mcp_tool_arguments']),
      server: info['mcp_server_name'],
    });
  const tool = WINDSURF[action];
  if (tool !== undefined) return retell(tool, info);
  return 'other';
}

/** Arguments as an object, or as JSON text. */
function membersOf(value: unknown): Members {
  if (typeof value !== 'string') return Object(value) as Members;
  try {
    return Object(JSON.parse(value)) as Members;
  } catch {
    return { command: value };
  }
}
