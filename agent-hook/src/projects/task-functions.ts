import type { Wanted } from './wanted.ts';

/** Tasks that are functions of a program (`tasks.py`, a Rakefile): what the program imports, and their own lines. */
export function taskFunction(text: string, wanted: Wanted): readonly string[] {
  // Of a namespace in Rake: in the file that is called as it is, where that is.
  const apart = wanted.targets.flatMap((target) => {
    const [, space, name] = /^(\w+):(\w+)$/.exec(target) ?? [];
    const own = space === undefined ? null : wanted.read(`lib/tasks/${space}.rake`);
    return own === null ? [] : functionsIn(own, [name!]);
  });
  return [...apart, ...functionsIn(text, wanted.targets)];
}

function functionsIn(text: string, targets: readonly string[]): readonly string[] {
  const lines = text.split('\n');
  const imports = lines.filter((line) => /^\s*(?:import|from|require|const|var|let|use)\b/.test(line));
  return targets.flatMap((target) => {
    const name = target.replace(/-/g, '_').replace(/\[.*$/, '');
    const start = lines.findIndex((line) => {
      const found = DEFINED.exec(line)
        ?.slice(1)
        .find((each) => each !== undefined);
      return found !== undefined && (found === target || found.toLowerCase() === name.toLowerCase());
    });
    if (start === -1) return [];
    const rest = lines.slice(start + 1);
    const end = rest.findIndex((line) =>
      /^(?:@|def\b|task\b|desc\b|namespace\b|func\b|exports\b)/.test(line),
    );
    return [[...imports, lines[start]!, ...rest.slice(0, end === -1 ? undefined : end)].join('\n')];
  });
}

const DEFINED =
  /^\s*(?:def\s+(?:task_)?(\w+)|func\s+(\w+)|task\s*\(?\s*:?['"]?([\w-]+)|(?:gulp\.)?task\(['"]([\w-]+)|exports\.(\w+)\s*=)/;
