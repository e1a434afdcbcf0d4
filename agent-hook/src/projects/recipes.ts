import type { Wanted } from './wanted.ts';

interface Rule {
  readonly names: readonly string[];
  readonly needs: readonly string[];
  readonly lines: readonly string[];
}

/** What a makefile's targets and what they need come to, with its variables and what it includes. */
export function makeTarget(makefile: string, { targets, read, isTrial }: Wanted): readonly string[] {
  const text = included(makefile, read, 3).replace(/\\\n[ \t]*/g, ' ');
  const variables = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^(?:export[ \t]+)?([\w.-]+)[ \t]*[:?+!]{0,2}=[ \t]*(.*)$/gm))
    variables.set(name!, value!.trim());
  const rules = rulesIn(text, /^([^\s#:=][^:=\n]*):(?!=)([^=\n]*)$/, '\t');
  return linesOf(rules, targets)
    .filter((line) => !isTrial || /^[@-]*\+/.test(line))
    .map((line) => filledIn(line.replace(/^[@+-]*/, ''), variables, 3).replaceAll('$$', '$'));
}

/** What a justfile's recipes and what they need come to. */
export function justRecipe(justfile: string, { targets, read, isTrial }: Wanted): readonly string[] {
  if (isTrial) return [];
  const text = included(justfile, read, 3);
  const variables = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^([\w-]+)[ \t]*:=[ \t]*["'`]?([^"'`\n]*)/gm))
    variables.set(name!, value!);
  for (const [, name, meant] of text.matchAll(/^alias[ \t]+([\w-]+)[ \t]*:=[ \t]*([\w-]+)/gm))
    if (targets.includes(name!)) return justRecipe(text, { targets: [meant!], read: () => null, isTrial });
  const rules = rulesIn(text, /^@?([\w-]+)(?:[ \t][^:\n]*)?:(?!=)(.*)$/, ' ');
  const lines = linesOf(rules, targets).map((line) =>
    line
      .replace(/^[@-]+/, '')
      .replace(/\{\{\s*([\w-]+)\s*\}\}/g, (whole, name: string) => variables.get(name) ?? whole),
  );
  // A recipe that begins with `#!` is a script of its own.
  return lines.some((line) => line.startsWith('#!')) ? [...lines, lines.join('\n')] : lines;
}

function included(text: string, read: Wanted['read'], depth: number): string {
  return text.replace(/^[-s]?(?:include|import|mod)\??[ \t]+(.+)$/gm, (whole, paths: string) =>
    depth === 0
      ? whole
      : paths
          .split(/\s+/)
          .map((path) => included(read(path.replace(/["']/g, '')) ?? '', read, depth - 1))
          .join('\n'),
  );
}

function rulesIn(text: string, head: RegExp, indent: string): readonly Rule[] {
  const rules: { names: string[]; needs: string[]; lines: string[] }[] = [];
  let isInside = false;
  for (const line of text.split('\n')) {
    if (isInside && (line.startsWith(indent) || line.startsWith('\t'))) {
      if (line.trim() !== '') rules.at(-1)!.lines.push(line.trim());
      continue;
    }
    const [, names, behind = ''] = head.exec(line) ?? [];
    if (line.trim() !== '') isInside = names !== undefined;
    if (names === undefined || names.startsWith('.')) continue;
    // `target: ; command`.
    const [needs = '', command] = behind.split(/;(.*)/s);
    rules.push({
      names: names.trim().split(/\s+/),
      needs: needs.split(/[\s()|]+/).filter((name) => name !== '' && name !== '&&'),
      lines: command === undefined ? [] : [command.trim()],
    });
  }
  return rules;
}

/** Those of the targets, and of whatever they need; of the first rule where no target is named. */
function linesOf(rules: readonly Rule[], targets: readonly string[]): readonly string[] {
  const asked = targets.length === 0 ? (rules[0]?.names.slice(0, 1) ?? []) : targets;
  const known = new Set(asked);
  for (const name of known)
    for (const rule of rules) if (isMeant(rule, name)) for (const need of rule.needs) known.add(need);
  return rules.filter((rule) => [...known].some((name) => isMeant(rule, name))).flatMap(({ lines }) => lines);
}

/** Also a rule for all files of a kind: `%.csv`. */
function isMeant({ names }: Rule, name: string): boolean {
  return names.some((each) => {
    if (each === name) return true;
    const [before, after] = each.split('%');
    return after !== undefined && name.startsWith(before!) && name.endsWith(after);
  });
}

function filledIn(line: string, variables: ReadonlyMap<string, string>, depth: number): string {
  const filled = line.replace(/\$[({]([\w.-]+)[)}]/g, (whole, name: string) => variables.get(name) ?? whole);
  return depth === 0 || filled === line ? filled : filledIn(filled, variables, depth - 1);
}
