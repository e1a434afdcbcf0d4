import { foundBy } from '../shell/outputs.ts';
import { INERT, nameOf } from './names.ts';

/**
 * The commands that a command runs by its words, in every reading: whether a word is an option's value cannot always be told.
 * Empty for a command that runs none.
 */
export function innerCommands(argv: readonly string[]): readonly (readonly string[])[] {
  const [first = '', ...rest] = argv;
  const name = nameOf(first);
  if (name === 'find' || name === 'fd') return afterExec(rest);
  // It says what would be run.
  if (name === 'command' && /^-p?[vV]$/.test(rest[0] ?? '')) return [];
  const form = formOf(argv);
  if (form === undefined) return possibleCommands(argv);
  // What is one word with spaces is a text for a shell where they are joined, and no program's name.
  const isJoined = JOINING.has(name);
  return readings(rest.slice(form.words.length - 1), form.operands).filter(
    ([word = '']) => !(isJoined && /\s/.test(word)),
  );
}

/**
 * Of a command that nothing is known of: what stands behind `--`, and what reads like a client, a shell or an interpreter that is
 * given an option of its own. Somebody's wrapper runs it: `retry 3 snowsql -q ...`.
 */
export function possibleCommands(argv: readonly string[]): readonly (readonly string[])[] {
  // PowerShell's own commands run nothing by their words.
  if (/^[A-Z][A-Za-z]+-[A-Z]\w+$/.test(argv[0] ?? '')) return [];
  const dashes = argv.indexOf('--', 1);
  const behind = dashes === -1 ? [] : [argv.slice(dashes + 1)];
  const found = argv
    .slice(1, 24)
    .flatMap((word, index) =>
      RUNNABLE.test(nameOf(word)) && argv.slice(index + 2).some((each) => /^-{1,2}[a-zA-Z]/.test(each))
        ? [argv.slice(index + 1)]
        : [],
    );
  return [...behind, ...found.slice(0, 4)];
}

const RUNNABLE =
  /^(?:snow|snowsql|dbt|curl|wget|(?:ba|z|da|k|fi)?sh|pwsh|powershell|python[\d.]*|node|deno|bun|ruby|perl|php|Rscript|julia|duckdb|isql|iusql|usql|env|sudo)$/;

/** Of such a command: texts that it is told to run, `--command="snowsql -q ..."`, `commands=["..."]`, `EXEC:...`. */
export function possibleTexts(argv: readonly string[]): readonly string[] {
  return argv.slice(1, 64).flatMap((word, index) => {
    const given =
      /^(?:-c|-C|-e|-a|-x|--?(?:command|cmd|exec|execute|wrap|run|eval|shell|scripts?|entrypoint))$/i.test(
        argv[index]!,
      );
    const [, named] =
      /^(?:--?[\w-]*)?(?:c(?:om)?m(?:an)?ds?|exec|execute|wrap|run|scripts?|args|system|entrypoint)[=:]\s*([\s\S]+)$/i.exec(
        word,
      ) ?? [];
    const text = named ?? (given ? word : null);
    if (text === null || !/\s/.test(text)) return [];
    return [text.replace(/^[[\s]*["']/, '').replace(/["'][\]\s]*$/, '')];
  });
}

/** Whether it is known to run another: also where the program that has the form is one that mostly runs none. */
export function hasForm(argv: readonly string[]): boolean {
  return formOf(argv) !== undefined;
}

function formOf([first = '', ...rest]: readonly string[]): Form | undefined {
  const name = nameOf(first);
  return FORMS.find(
    ({ words }) => words[0] === name && words.slice(1).every((word, index) => word === rest[index]),
  );
}

/** What is run as text by a shell, of these: their words, joined. */
export function innerText(argv: readonly string[]): string | null {
  const [first = '', ...rest] = argv;
  const name = nameOf(first);
  if (name === 'eval') return rest.join(' ');
  if (name === 'env') {
    const at = rest.findIndex((word) => /^(?:-[a-zA-Z]*S|--split-string)/.test(word));
    if (at === -1) return null;
    return [rest[at]!.replace(/^(?:-[a-zA-Z]*S|--split-string=?)/, ''), ...rest.slice(at + 1)].join(' ');
  }
  if (/^cmd$/i.test(name)) return fromCmd(rest);
  if (!JOINING.has(name)) return null;
  const command = rest.findIndex((word) => word === '-c' || word === '--command');
  if (command !== -1) return rest[command + 1] ?? null;
  const words = rest.filter((word) => /\s/.test(word));
  return words.length === 0 ? null : words.join('\n');
}

const JOINING = new Set(
  'ssh autossh mosh watch su script tmux screen parallel flock trap at batch expect concurrently hyperfine entr watchexec nodemon sg runuser wsl'.split(
    ' ',
  ),
);

/** What `cmd /c` is given, in a POSIX shell's words: carets quote, `%NAME%` and `!NAME!` are values, `set` assigns. */
function fromCmd(words: readonly string[]): string {
  return words
    .slice(words.findLastIndex((word) => /^\/[a-z](?::\w+)?$/i.test(word)) + 1)
    .join(' ')
    .replace(/\^(.)/g, '$1')
    .replace(/""/g, '"')
    .replace(/[%!](\w+)[%!]/g, '$${$1}')
    .replace(
      /(^|[&|(]\s*)set\s+"?(\w+)=([^&|"]*)"?/gi,
      (_, before: string, name: string, value: string) =>
        `${before}${name}='${value.replaceAll("'", `'\\''`)}'`,
    )
    .replace(/'\s*&(?!&)/g, "';")
    .replace(/\\/g, '/');
}

interface Form {
  readonly words: readonly string[];
  /** How many words that are no options come before the command. */
  readonly operands: number;
}

/** Those of more words come first. */
const FORMS: readonly Form[] = [
  { words: ['docker', 'run'], operands: 1 },
  { words: ['docker', 'exec'], operands: 1 },
  { words: ['docker', 'compose', 'run'], operands: 1 },
  { words: ['docker', 'compose', 'exec'], operands: 1 },
  { words: ['docker-compose', 'run'], operands: 1 },
  { words: ['docker-compose', 'exec'], operands: 1 },
  { words: ['docker', 'container', 'run'], operands: 1 },
  { words: ['docker', 'container', 'exec'], operands: 1 },
  { words: ['podman', 'run'], operands: 1 },
  { words: ['podman', 'exec'], operands: 1 },
  { words: ['nerdctl', 'run'], operands: 1 },
  { words: ['kubectl', 'exec'], operands: 1 },
  { words: ['kubectl', 'run'], operands: 1 },
  { words: ['npm', 'exec'], operands: 0 },
  { words: ['npm', 'x'], operands: 0 },
  { words: ['pnpm', 'dlx'], operands: 0 },
  { words: ['pnpm', 'exec'], operands: 0 },
  { words: ['yarn', 'dlx'], operands: 0 },
  { words: ['yarn', 'exec'], operands: 0 },
  { words: ['bun', 'x'], operands: 0 },
  { words: ['uv', 'run'], operands: 0 },
  { words: ['uv', 'tool', 'run'], operands: 0 },
  { words: ['uv', 'x'], operands: 0 },
  { words: ['pipx', 'run'], operands: 0 },
  { words: ['poetry', 'run'], operands: 0 },
  { words: ['pipenv', 'run'], operands: 0 },
  { words: ['pdm', 'run'], operands: 0 },
  { words: ['hatch', 'run'], operands: 0 },
  { words: ['rye', 'run'], operands: 0 },
  { words: ['pixi', 'run'], operands: 0 },
  { words: ['conda', 'run'], operands: 0 },
  { words: ['mamba', 'run'], operands: 0 },
  { words: ['micromamba', 'run'], operands: 0 },
  { words: ['nix', 'run'], operands: 1 },
  { words: ['nix', 'shell'], operands: 1 },
  { words: ['nix', 'develop'], operands: 0 },
  { words: ['mise', 'exec'], operands: 1 },
  { words: ['mise', 'x'], operands: 1 },
  { words: ['asdf', 'exec'], operands: 0 },
  { words: ['devbox', 'run'], operands: 0 },
  { words: ['op', 'run'], operands: 0 },
  { words: ['doppler', 'run'], operands: 0 },
  { words: ['infisical', 'run'], operands: 0 },
  { words: ['bundle', 'exec'], operands: 0 },
  { words: ['aws-vault', 'exec'], operands: 1 },
  { words: ['chamber', 'exec'], operands: 1 },
  { words: ['heroku', 'run'], operands: 0 },
  { words: ['railway', 'run'], operands: 0 },
  { words: ['gh', 'codespace', 'ssh'], operands: 1 },
  { words: ['gem', 'exec'], operands: 0 },
  { words: ['coverage', 'run'], operands: 0 },
  ...one(
    'sudo doas env nohup time gtime nice ionice stdbuf setsid command builtin exec xargs watch chronic unbuffer caffeinate strace ltrace parallel entr npx bunx pnpx uvx pipx busybox toybox winpty rtk nocorrect noglob proxychains proxychains4 torsocks coproc arch unshare hyperfine dotenv dotenvx faketime systemd-run run0 pkexec gosu su-exec tini dumb-init valgrind setpriv bwrap perf rlwrap xvfb-run dbus-run-session numactl prlimit cgexec runuser sshpass autossh mosh srun retry dockerize wait-for-it watchexec reflex gdb winpty tsocks trickle firejail script cmd start Start-Process saps nodemon',
    0,
  ),
  ...one('timeout gtimeout chroot ssh flock direnv taskset chrt su wsl', 1),
];

function one(names: string, operands: number): readonly Form[] {
  return names.split(' ').map((name) => ({ words: [name], operands }));
}

function readings(rest: readonly string[], operands: number): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  let passed = 0;
  for (const [index, word] of rest.entries()) {
    if (word === '--') return [...found, rest.slice(index + 1)];
    if (/^(?:-|\/[a-z]$|[A-Za-z_]\w*=)/i.test(word) || word === '') continue;
    found.push(rest.slice(index));
    const isValue = rest[index - 1]?.startsWith('-') === true && rest[index - 1] !== '-';
    if (!isValue) passed += 1;
    if (passed > operands || INERT.has(nameOf(word)) || found.length > 8) return found;
  }
  return found;
}

function afterExec(rest: readonly string[]): readonly (readonly string[])[] {
  const place = foundBy(rest);
  return rest.flatMap((word, index) =>
    /^(?:-exec|-execdir|-ok|-okdir|-x|-X|--exec|--exec-batch)$/.test(word)
      ? [rest.slice(index + 1).map((each) => each.replaceAll('{}', () => place))]
      : [],
  );
}
