import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { DECIDING_SCOPE } from '@sluice/relay/identity';
import { noteModules } from '../support/loaded-modules.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));
const DEMO = fileURLToPath(new URL('../../demo/', import.meta.url));
const folder = temporaryFolder();

/** Commander, its eight modules, and what each command says of itself; help would take seconds with the rest. */
const MOST_FOR_HELP = 60;

it('help of any command loads only what it prints', async () => {
  const commands = await commandsBelow([]);
  expect(commands.map((command) => command.join(' '))).toEqual(
    expect.arrayContaining(['serve', 'demo', 'sql', 'policy simulate', 'sessions list']),
  );
  for (const command of [[], ...commands]) {
    const { loaded } = await sluice([...command, '--help']);
    expect([
      command.join(' '),
      loaded.filter((url) => url.includes('/node_modules/') && !isCommander(url)),
    ]).toEqual([command.join(' '), []]);
    expect(loaded.length).toBeLessThan(MOST_FOR_HELP);
  }
});

const HEAVY = /@duckdb|fastify|oidc-provider|@node-saml|nodemailer|modelcontextprotocol|\/demo\/src\//;

it.each<readonly string[]>([
  ['policy', 'check', join(DEMO, 'policy.yaml')],
  ['policy', 'schema'],
  ['sql', '--url', 'http://127.0.0.1:1', '--token', 'none', 'SELECT 1'],
  ['pending', '--url', 'http://127.0.0.1:1', '--token', 'none'],
  ['verify', '/nowhere', '--key', '/nowhere'],
  ['sessions', 'list', '--data', '/nowhere'],
  ['doctor', '--config', '/nowhere'],
])('%s %s loads no warehouse, server, issuer or SAML', async (...args) => {
  const { loaded } = await sluice(args);
  expect(loaded.filter((url) => HEAVY.test(url))).toEqual([]);
});

it('help names the scope that the relay’s own issuer has for deciding', async () => {
  expect((await sluice(['sign-in', '--help'])).printed).toContain(`\`${DECIDING_SCOPE}\``);
});

async function commandsBelow(command: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { printed } = await sluice([...command, '--help']);
  const [, list = ''] = printed.split('\nCommands:\n');
  const names = [...list.matchAll(/^ {2}([a-z][\w-]*)/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'help');
  const below = await Promise.all(names.map((name) => commandsBelow([...command, name])));
  return names.flatMap((name, index) => [[...command, name], ...below[index]!]);
}

/** Runs it to its end, whatever comes of it. */
async function sluice(args: readonly string[]) {
  const notes = noteModules(join(folder, randomUUID()));
  const run = promisify(execFile)(process.execPath, [...notes.args, PROGRAM, ...args], {
    env: { ...process.env, ...notes.env },
  });
  const { stdout } = await run.catch((failed: { readonly stdout: string }) => failed);
  return { printed: stdout, loaded: notes.loaded() };
}

function isCommander(url: string): boolean {
  return url.includes('/node_modules/commander/');
}
