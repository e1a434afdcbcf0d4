import type { Finding } from '../finding.ts';
import { reachedHostIn } from '../hosts.ts';
import { type Looking, type Scope, textAt } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { nameOf } from './names.ts';
import { optionOf } from './options.ts';

const HTTP = new Set(
  'curl wget wget2 http https httpie xh xhs curlie aria2c lynx w3m links hurl grpcurl nc ncat netcat telnet socat openssl gnutls-cli ab wrk hey k6 Invoke-WebRequest Invoke-RestMethod iwr irm'
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
  const given = takesInput ? [input ?? '', asked === null ? '' : (textAt(asked, looking, scope) ?? '')] : [];
  const host = reachedHostIn([...words, ...given].join('\n'));
  return host === null ? null : { kind: 'request', evidence: `${name} to ${host}` };
}

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
