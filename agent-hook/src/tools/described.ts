import type { Finding } from '../finding.ts';
import { type Looking, newScope } from '../looking.ts';
import { firstOf } from '../first-of.ts';
import { codeCellsIn, judgeCells } from '../code/notebook.ts';
import type { ToolCall } from './call.ts';

/** What VS Code runs as a task by its name: the command that `.vscode/tasks.json` has for it. */
export function taskOf(tool: string, input: ToolCall['input'], looking: Looking): Finding | null {
  if (!/^(?:copilot_)?run_?(?:vs_?code_?)?task$/i.test(tool)) return null;
  const read = looking.around.read('.vscode/tasks.json');
  if (read.outcome !== 'text') return null;
  const names = Object.values(input)
    .filter((value) => typeof value === 'string')
    .map((value) => value.replace(/^\w+: /, ''));
  return firstOf(membersOf(read.text, 'tasks'), (task) => {
    const { label, taskName, script, command, args, type } = task;
    if (![label, taskName, script].some((name) => typeof name === 'string' && names.includes(name)))
      return null;
    const words = [
      type === 'npm' && typeof script === 'string' ? `npm run ${script}` : textOf(command),
      ...(Array.isArray(args) ? args : []).map(textOf),
    ];
    return looking.shell(words.join(' '), newScope());
  });
}

/** A cell of a notebook that is run, or the whole of it: what its cells say. */
export function notebookOf(tool: string, input: ToolCall['input'], looking: Looking): Finding | null {
  if (!/run|execute/i.test(tool) || !/notebook|cell/i.test(tool)) return null;
  const path = [input['filePath'], input['notebook_path'], input['path'], input['uri']].find(
    (value) => typeof value === 'string',
  );
  const read = typeof path === 'string' ? looking.around.read(path.replace(/^file:\/\//, '')) : null;
  if (read?.outcome !== 'text') return null;
  const cells = codeCellsIn(read.text) ?? [];
  const last = cells.findLastIndex(({ id }) => id !== null && Object.values(input).includes(id));
  return judgeCells(last === -1 ? cells : cells.slice(0, last + 1), looking, newScope());
}

type Members = Readonly<Record<string, unknown>>;

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { value: inner } = Object(value) as { readonly value?: unknown };
  return typeof inner === 'string' ? inner : '';
}

/** The objects of a list in a JSON text, which may have comments as an editor's files have. */
function membersOf(text: string, name: string): readonly Members[] {
  for (const form of [text, text.replace(/^\s*\/\/.*$/gm, '').replace(/,(\s*[}\]])/g, '$1')]) {
    try {
      const list = (JSON.parse(form) as Members)[name];
      return Array.isArray(list) ? list.map((each) => Object(each) as Members) : [];
    } catch {
      // The next form, or none.
    }
  }
  return [];
}
