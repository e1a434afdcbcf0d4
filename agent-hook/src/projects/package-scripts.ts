import type { Wanted } from './wanted.ts';

/** A script of `package.json`, with what runs before and after it, and what an installation runs. */
export function packageScript(text: string, { targets }: Wanted): readonly string[] {
  const scripts = membersOf(text, 'scripts');
  const [first = '', ...rest] = targets;
  const isInstall = /^(?:install|i|ci|clean-install)$/.test(first) && rest.length === 0;
  const names = isInstall
    ? ['preinstall', 'install', 'postinstall', 'prepare']
    : targets.flatMap((name) => [`pre${name}`, name, `post${name}`]);
  return names.flatMap((name) => textsOf(scripts[name]));
}

/** A task of `deno.json`, or a script of `package.json`. */
export function denoTask(text: string, { targets }: Wanted): readonly string[] {
  const [name = ''] = targets;
  return [...textsOf(membersOf(text, 'tasks')[name]), ...textsOf(membersOf(text, 'scripts')[name])];
}

/** A script of `composer.json`. */
export function composerScript(text: string, { targets }: Wanted): readonly string[] {
  const scripts = membersOf(text, 'scripts');
  return targets.flatMap((name) => textsOf(scripts[name]));
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return typeof Object(value)['command'] === 'string' ? [Object(value)['command'] as string] : [];
}

function membersOf(text: string, name: string): Readonly<Record<string, unknown>> {
  for (const form of [text, text.replace(/^\s*\/\/.*$/gm, '').replace(/,(\s*[}\]])/g, '$1')]) {
    try {
      return Object((JSON.parse(form) as Readonly<Record<string, unknown>>)[name]) as Record<string, unknown>;
    } catch {
      // The next form, or none.
    }
  }
  return {};
}
