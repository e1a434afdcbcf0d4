import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import {
  denied,
  failedClosed,
  type Finding,
  type HookAnswer,
  judgeCall,
  LARGEST_PAYLOAD,
  PASSED,
  readPayload,
  reasonFor,
  reasonForUnread,
  redacted,
  type ToolCall,
  TooMuch,
} from '../index.ts';
import { type Environment, spoolFolder } from './hook-places.ts';
import { readSettings } from './hook-settings.ts';
import { surroundingsOf } from './hook-surroundings.ts';
import { openSpool } from './spool.ts';

/** Milliseconds for everything: well below the time after which harnesses let a call go on. */
const PATIENCE_MS = 5_000;

export interface HookProcess {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly env: Environment;
  /** Of the harness, where the payload names none. */
  readonly folder: string;
  /** The program that was started, to be started again for sending. */
  readonly program: readonly string[];
}

/**
 * `sluice hook`: reads what a harness is about to do, answers, and ends with the answer's exit code. The answer is written
 * before an attempt is kept for the relay, and sending it is another process' work: nothing of it makes the agent wait.
 */
export async function runHook({ stdin, env, folder, program }: HookProcess): Promise<number> {
  const startedAt = performance.now();
  let answer: HookAnswer;
  let stopped: { readonly call: ToolCall; readonly finding: Finding } | null = null;
  try {
    const payload = readPayload(await textOf(stdin));
    if (payload.type === 'other') answer = PASSED;
    else if (payload.type === 'unreadable') answer = failedClosed(reasonForUnread(payload.why));
    else {
      const { call } = payload;
      const around = surroundingsOf(call.folder ?? folder, { env, hosts: readSettings(env).hosts });
      const isLate = () => performance.now() - startedAt > PATIENCE_MS;
      const finding = judgeCall(call, { around, isLate });
      if (finding !== null) stopped = { call, finding };
      answer = finding === null ? PASSED : denied(reasonFor(finding), call.harness);
    }
  } catch (error) {
    answer = failedClosed(reasonForUnread(error instanceof TooMuch ? error.message : whyOf(error)));
  }
  say(answer);
  if (stopped !== null) report(stopped, { env, program });
  return answer.exitCode;
}

/** At once, and before anything else: the process may be ended as soon as the harness has read it. */
function say({ output, note }: HookAnswer): void {
  if (output !== '') writeSync(1, output);
  if (note !== '') writeSync(2, note);
}

class Unreadable extends Error {}

function whyOf(error: unknown): string {
  return error instanceof Unreadable ? error.message : 'the hook itself failed';
}

async function textOf(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Unreadable('it did not come in time')), PATIENCE_MS);
  try {
    const source = stdin[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([source.next(), late.promise]);
      if (next.done === true) break;
      bytes += next.value.length;
      if (bytes > LARGEST_PAYLOAD) throw new Unreadable('it is larger than is read');
      chunks.push(next.value);
    }
  } finally {
    clearTimeout(timer);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Unreadable('it is no text');
  }
}

/** Kept for the relay, and sent by a process that nobody waits for. What fails here changes no answer. */
function report(
  { call, finding }: { readonly call: ToolCall; readonly finding: Finding },
  { env, program }: Pick<HookProcess, 'env' | 'program'>,
): void {
  try {
    const id = randomUUID();
    openSpool(spoolFolder(env), Date.now).keep(id, {
      version: 1,
      attempt: id,
      kind: finding.kind,
      harness: call.harness,
      tool: shortened(call.tool, 200),
      evidence: shortened(redacted(finding.evidence, 300), 300),
      excerpt: redacted(excerptOf(call), 400),
      conversation: call.session === null ? null : shortened(call.session, 200),
      seenAt: new Date().toISOString(),
    });
    const [command, ...args] = program;
    if (command !== undefined)
      spawn(command, [...args, 'hook', 'send', '--quiet'], {
        detached: true,
        stdio: 'ignore',
        windowsHide: true,
        env: { ...env },
      })
        .on('error', () => {})
        .unref();
  } catch {
    writeSync(2, 'sluice: the attempt could not be kept for the relay\n');
  }
}

/** What was about to run; of files, only which one: their text may be long, and is where the secret is. */
function excerptOf({ input }: ToolCall): string {
  const command = input['command'] ?? input['cmd'] ?? input['script'];
  if (typeof command === 'string') return command;
  if (Array.isArray(command)) return command.join(' ');
  return Object.entries(input)
    .filter(
      ([name, value]) =>
        typeof value === 'string' && !/content|text|code|string|str|source|patch|input|diff/i.test(name),
    )
    .map(([name, value]) => `${name}: ${value as string}`)
    .join(', ');
}

function shortened(text: string, most: number): string {
  return text.toWellFormed().slice(0, most).toWellFormed();
}
