import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';

/** The program that has the conversations with a driver, or why there is none here. */
export type DriverProgram =
  | { readonly command: string; readonly args: readonly string[]; readonly missing: null }
  | { readonly missing: string };

const run = promisify(execFile);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const installed = (path: string) => here(`../../.drivers/${path}`);
const notInstalled = 'it is not installed: run `test/drivers/install`';

export async function pythonProgram(): Promise<DriverProgram> {
  const python = installed('python/bin/python');
  if (await works(python, ['-c', 'import snowflake.connector'])) {
    return program(python, here('python/conversation.py'));
  }
  return { missing: isOnPath('python3') ? notInstalled : noTool('python3') };
}

/** The Python of one of the clients' environments (test/drivers/clients/requirements), with a script to run in it. */
export async function clientProgram(environment: string, script: string): Promise<DriverProgram> {
  const python = installed(`venvs/${environment}/bin/python`);
  // Copied there when all of it is.
  if (existsSync(installed(`venvs/${environment}/requirements.txt`)) && (await works(python, ['-c', '']))) {
    return program(python, here(script));
  }
  return { missing: isOnPath('python3') ? notInstalled : noTool('python3') };
}

/** Built each time, so that it is of this source: a second or two, once its modules have been compiled. */
export async function goProgram(): Promise<DriverProgram> {
  if (!isOnPath('go')) return { missing: noTool('go') };
  const options = { cwd: here('go'), env: { ...process.env, GOPROXY: 'off' } };
  const hasModules = await works('go', ['list', '-deps', 'github.com/snowflakedb/gosnowflake'], options);
  if (!hasModules) return { missing: notInstalled };
  const binary = installed('go/conversation');
  await run('go', ['build', '-buildvcs=false', '-o', binary, '.'], options);
  return program(binary);
}

/** Java compiles the source itself. */
export async function javaProgram(): Promise<DriverProgram> {
  if (!isOnPath('javac')) return { missing: noTool('javac') };
  const jars = installed('java');
  if (!existsSync(jars) || !readdirSync(jars).some((name) => name.endsWith('.jar'))) {
    return { missing: notInstalled };
  }
  // What it prints is read as UTF-8, whatever the machine's own locale says.
  const utf8 = ['-Dfile.encoding=UTF-8', '-Dstdout.encoding=UTF-8'];
  // What Snowflake's documentation of the driver asks for, without which it reads no Arrow.
  const opened = '--add-opens=java.base/java.nio=ALL-UNNAMED';
  return program('java', ...utf8, opened, '-cp', join(jars, '*'), here('java/Conversation.java'));
}

export function orSkip(program: DriverProgram, test: TestContext) {
  return program.missing === null ? program : test.skip(program.missing);
}

function program(command: string, ...args: string[]): DriverProgram {
  return { command, args, missing: null };
}

function noTool(tool: string): string {
  return `no \`${tool}\` on this machine`;
}

async function works(command: string, args: readonly string[], options: object = {}): Promise<boolean> {
  return await run(command, args, { ...options, maxBuffer: 1 << 26 }).then(
    () => true,
    () => false,
  );
}

function isOnPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)));
}
