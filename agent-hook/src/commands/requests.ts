import type { Finding } from '../finding.ts';
import { accountHostIn, reachedHostIn } from '../hosts.ts';
import { type Looking, type Scope, textAt } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { INERT, nameOf } from './names.ts';
import { hasForm } from './wrappers.ts';
import { optionOf } from './options.ts';

const HTTP = new Set(
  'curl wget wget2 http https httpie xh xhs curlie aria2c lynx w3m links hurl grpcurl nc ncat netcat telnet socat openssl gnutls-cli ab wrk hey k6 httpyac ijhttp vegeta artillery newman Invoke-WebRequest Invoke-RestMethod iwr irm'
    .split(' ')
    .map((name) => name.toLowerCase()),
);

/** A request to an account's host, by a program for requests. What is sent in its body may say what it wants. */
export function requestOf({ argv, input, files }: Run, looking: Looking, scope: Scope): Finding | null {
  const [first = ''] = argv;
  const name = nameOf(first).toLowerCase();
  if (!HTTP.has(name))
    return files.some(({ path }) => /^\/dev\/(?:tcp|udp)\//.test(path)) ? devTcp(files) : null;
  const words = argv.slice(1).filter((word, index) => !isBody(word, argv[index]));
  const takesInput = words.some((word) => /^(?:-K|--config|-i|--input-file)$/.test(word) || word === '@-');
  const asked = optionOf(argv, '-K', '--config', '-i', '--input-file');
  const requests = REQUEST_FILES.has(name) ? words.flatMap((word) => textAt(word, looking, scope) ?? []) : [];
  const given = takesInput ? [input ?? '', asked === null ? '' : (textAt(asked, looking, scope) ?? '')] : [];
  const host = reachedHostIn([...words.flatMap((word) => globbed(word)), ...given, ...requests].join('\n'));
  return host === null ? null : { kind: 'request', evidence: `${name} to ${host}` };
}

/** Their operands are files that say what is asked. */
const REQUEST_FILES = new Set(['hurl', 'httpyac', 'ijhttp', 'k6', 'ain', 'vegeta', 'artillery', 'newman']);

/** curl's own `{a,b}` and `[a-z]` in an address: each address that it comes to, of a few. */
function globbed(word: string, most = 2): readonly string[] {
  const [whole, listed, low, high] = /\{([^{}]{1,400})\}|\[(\w)-(\w)\]/.exec(word) ?? [];
  if (whole === undefined || most === 0 || !word.includes('.')) return [word];
  const choices = listed?.split(',').slice(0, 26) ?? lettersBetween(low!, high!);
  return [
    word,
    ...choices.flatMap((choice) =>
      globbed(
        word.replace(whole, () => choice),
        most - 1,
      ),
    ),
  ];
}

function lettersBetween(low: string, high: string): readonly string[] {
  const from = low.charCodeAt(0);
  const count = Math.max(0, Math.min(26, high.charCodeAt(0) - from + 1));
  return Array.from({ length: count }, (_, step) => String.fromCharCode(from + step));
}

/**
 * A command that nothing else is known of, and that is given an account's host to connect to: as an address, with a port, or
 * as a tunnel's other end. What configures something else names it too (`NAME=host`), and so does a text with spaces.
 */
export function reachOf({ argv }: Pick<Run, 'argv'>): Finding | null {
  const [first = '', ...words] = argv;
  const name = nameOf(first);
  const isTunnel = /^(?:ssh|autossh)$/.test(name);
  // What another command is given, is looked at as its words.
  if (INERT.has(name) || NAMING.has(name) || (hasForm(argv) && !isTunnel)) return null;
  const host = words
    .filter(
      (word, index) =>
        !/\s|^(?:--?[\w-]+=)?[\w.]+=/.test(word) &&
        !CONFIGURES.test(words[index - 1] ?? '') &&
        (!isTunnel || /^-[LRWDJo]/.test(word) || /^-\w*[LRWDJo]$/.test(words[index - 1] ?? '')),
    )
    .map(accountHostIn)
    .find((each) => each !== null);
  return host === undefined ? null : { kind: 'request', evidence: `${name} to ${host}` };
}

const CONFIGURES = /^(?:--set|--set-string|-var|--build-arg|--label|-l)$/;
/** They keep a name, or compare it. */
const NAMING = new Set(
  'sluice export declare typeset local readonly set unset alias [ [[ printenv read'.split(' '),
);

const BODY =
  /^(?:-d|--data(?:-\w+)?|-F|--form(?:-string)?|--json|-A|--user-agent|-w|--write-out|-e|--referer|--raw)$/;

function isBody(word: string, before: string | undefined): boolean {
  return (
    (before !== undefined && BODY.test(before)) ||
    /^(?:-d|-F)./.test(word) ||
    /^--(?:data|form|json)[\w-]*=/.test(word)
  );
}

function devTcp(files: Run['files']): Finding | null {
  const host = reachedHostIn(files.map(({ path }) => path).join('\n'));
  return host === null ? null : { kind: 'request', evidence: `a connection to ${host}` };
}
