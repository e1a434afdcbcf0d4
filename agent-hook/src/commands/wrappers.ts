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
  const form = FORMS.find(
    ({ words }) => words[0] === name && words.slice(1).every((word, index) => word === rest[index]),
  );
  if (form === undefined) return [];
  return readings(rest.slice(form.words.length - 1), form.operands);
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
  if (!JOINING.has(name)) return null;
  const command = rest.findIndex((word) => word === '-c' || word === '--command');
  if (command !== -1) return rest[command + 1] ?? null;
  const words = rest.filter((word) => /\s/.test(word));
  return words.length === 0 ? null : words.join('\n');
}

const JOINING = new Set(
  'ssh watch su script tmux screen parallel flock trap at batch expect concurrently hyperfine entr nodemon sg runuser wsl cmd bash-c'.split(
    ' ',
  ),
);

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
  { words: ['coverage', 'run'], operands: 0 },
  ...one(
    'sudo doas env nohup time gtime nice ionice stdbuf setsid command builtin exec xargs watch chronic unbuffer caffeinate strace ltrace parallel entr npx bunx pnpx uvx pipx busybox toybox winpty rtk nocorrect noglob proxychains proxychains4 torsocks coproc arch unshare hyperfine dotenv dotenvx faketime systemd-run run0 pkexec gosu su-exec tini dumb-init valgrind setpriv ltrace bwrap firejail script cmd start Start-Process saps nodemon',
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
  return rest.flatMap((word, index) =>
    /^(?:-exec|-execdir|-ok|-okdir|-x|-X|--exec|--exec-batch)$/.test(word) ? [rest.slice(index + 1)] : [],
  );
}
