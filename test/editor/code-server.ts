import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.ts';

/** Where `test/editor/install` has put VS Code. */
const place = fileURLToPath(new URL('../../.editor', import.meta.url));
const node = join(place, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node');
const program = join(place, 'node_modules/code-server/out/node/entry.js');

/** `.ci/run` puts it in place; elsewhere, tests that need it are skipped without. */
export const hasCodeServer = existsSync(join(place, 'installed')) && existsSync(node) && existsSync(program);

/** Which VS Code that is; for those who ask what was tested. */
export async function codeServerVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)(node, [program, '--version']);
  return stdout.trim();
}

export interface CodeServerOptions {
  /** What it keeps: settings, extensions, logs. A new folder is a clean editor. */
  readonly data: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether it asks if a workspace is trusted, as a desktop's does. */
  readonly asksForTrust: boolean;
}

export interface CodeServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function installExtensions(options: CodeServerOptions, files: readonly string[]): Promise<void> {
  const args = files.flatMap((file) => ['--install-extension', file]);
  await promisify(execFile)(node, [program, ...folders(options), ...args], { env: environment(options) });
}

export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const port = await freePort();
  const args = [
    ...folders(options),
    `--bind-addr=127.0.0.1:${port}`,
    '--auth=none',
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-getting-started-override',
    ...(options.asksForTrust ? [] : ['--disable-workspace-trust']),
  ];
  const server = spawn(node, [program, ...args], {
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    // It starts others: they end with their group.
    detached: true,
  });
  const said: string[] = [];
  createInterface({ input: server.stderr }).on('line', (line) => said.push(line));
  await listening(server, said);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const exit = once(server, 'exit');
      process.kill(-server.pid!, 'SIGKILL');
      await exit;
    },
  };
}

async function listening(server: ChildProcess, said: readonly string[]): Promise<void> {
  const lines = createInterface({ input: server.stdout! });
  for await (const line of lines) {
    if (!line.includes('HTTP server listening on')) continue;
    // What it says later has to be read, or it waits.
    server.stdout!.resume();
    return;
  }
  throw new Error(`code-server ended before it listened: ${said.join('\n')}`);
}

function folders({ data }: CodeServerOptions): readonly string[] {
  return ['--user-data-dir', data, '--extensions-dir', join(data, 'extensions')];
}

function environment({ data, env }: CodeServerOptions): NodeJS.ProcessEnv {
  const { PATH, LANG, TMPDIR } = process.env;
  return {
    PATH,
    LANG,
    TMPDIR,
    // Nothing of whoever runs the tests.
    HOME: data,
    XDG_DATA_HOME: join(data, 'share'),
    XDG_CONFIG_HOME: join(data, 'config'),
    ...env,
  };
}
