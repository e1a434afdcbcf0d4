import type { Wanted } from './wanted.ts';

/** Tasks of a `Taskfile.yml`, and those that they call. Read by its lines: each may be a command. */
export function taskfileTask(text: string, { targets, isTrial }: Wanted): readonly string[] {
  if (isTrial) return [];
  const lines = text.split('\n');
  const wanted = new Set(targets.length === 0 ? ['default'] : targets);
  const found: string[] = [];
  for (const name of wanted) {
    const start = lines.findIndex((line) => new RegExp(`^\\s+['"]?${escaped(name)}['"]?:`).test(line));
    if (start === -1) continue;
    const depth = indentOf(lines[start]!);
    for (const line of [lines[start]!.replace(/^[^:]*:/, ''), ...lines.slice(start + 1)]) {
      if (line.trim() !== '' && line.startsWith(' ') && indentOf(line) <= depth && line !== '') break;
      const plain = line
        .trim()
        .replace(/^-\s*/, '')
        .replace(/^(?:cmd|cmds|sh|deps|task|defer):\s*/, '')
        .replace(/^(['"])(.*)\1$/, '$2');
      found.push(plain);
      for (const called of plain.replace(/[[\]]/g, '').split(/,\s*/))
        if (/^[\w:.-]{1,80}$/.test(called) && wanted.size < 32) wanted.add(called);
    }
  }
  return found;
}

/** What services of a Compose file run, and those that they need; all of them where none is named. */
export function composeService(text: string, { targets }: Wanted): readonly string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('services:'));
  if (start === -1) return [];
  const own = (line: string) => /^(\s+)['"]?([\w.-]+)['"]?:\s*$/.exec(line);
  const depth = own(lines.slice(start + 1).find((line) => own(line) !== null) ?? '')?.[1]?.length ?? 2;
  const found: string[] = [];
  let isMeant = false;
  let isCommand = false;
  for (const line of lines.slice(start + 1)) {
    if (/^\S/.test(line)) break;
    const head = own(line);
    if (head?.[1]?.length === depth) isMeant = targets.length === 0 || targets.includes(head[2]!);
    if (!isMeant || line.trim() === '') continue;
    const [, key, value = ''] = /^\s+(\w+):\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined) isCommand = key === 'command' || key === 'entrypoint' || key === 'test';
    if (!isCommand) continue;
    const words = Array.from(
      (key === undefined ? line.replace(/^\s*-\s*/, '') : value).matchAll(
        /"([^"]*)"|'([^']*)'|([^\s,[\]]+)/g,
      ),
    );
    const joined = words
      .map(([, a, b, c]) => (c ?? (/\s/.test(a ?? b ?? '') ? `'${a ?? b}'` : (a ?? b)))!)
      .join(' ');
    if (key === undefined && found.length > 0) found[found.length - 1] += ` ${joined}`;
    else found.push(joined);
  }
  return found;
}

/** Tasks of `pyproject.toml`, `Pipfile`, `pixi.toml` and `tox.ini`: what stands behind their names in the sections of tasks. */
export function inSections(text: string, { targets }: Wanted): readonly string[] {
  let section = '';
  const found: string[] = [];
  let isInside = false;
  for (const line of text.split('\n')) {
    const head = /^\s*\[+([^\]]+)\]+\s*$/.exec(line)?.[1];
    if (head !== undefined) {
      section = head.trim();
      isInside = targets.some((name) => section === `testenv:${name}` || sectionNames(section, name));
      continue;
    }
    const [, name, value] = /^\s*["']?([\w:.-]+)["']?\s*=\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined)
      isInside =
        section.startsWith('testenv') || sectionNames(section, targets[0] ?? '')
          ? isInside || name === 'commands'
          : TASKS.test(section) && targets.includes(name);
    if (!isInside) continue;
    const texts = Array.from((value ?? line).matchAll(/"([^"]*)"|'([^']*)'/g), ([, a, b]) => a ?? b ?? '');
    found.push(...(texts.length === 0 ? [(value ?? line).trim()] : texts));
  }
  // `name = "package.module:function"`.
  return found.map((each) => each.replace(/^([\w.]+):\w+(?:\(.*\))?$/, 'python -m $1'));
}

const TASKS =
  /^(?:tool\.(?:poe\.tasks|pdm\.scripts|taskipy\.tasks|rye\.scripts|pixi(?:\..+)?\.tasks|hatch\.envs\..+\.scripts|poetry\.scripts)|project\.scripts|scripts|tasks)$/;

function sectionNames(section: string, name: string): boolean {
  return name !== '' && /^(?:tool\.poe\.tasks|tasks)\./.test(section) && section.endsWith(`.${name}`);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
