import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));

/** `sluice sign-in` as a process of its own, with somebody to visit the address that it names. */
export async function runSignIn(
  options: readonly string[],
  visit: (address: string) => Promise<void>,
): Promise<string> {
  const args = [PROGRAM, 'sign-in', '--no-browser', ...options];
  const program = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = text(program.stdout);
  await visit(await addressIn(program.stderr));
  return (await printed).trim();
}

async function addressIn(stderr: NodeJS.ReadableStream): Promise<string> {
  const said: string[] = [];
  for await (const line of createInterface({ input: stderr })) {
    const [, address] = /^Sign in at (\S+)$/.exec(line) ?? [];
    if (address !== undefined) return address;
    said.push(line);
  }
  throw new Error(`the program named no address, but said: ${said.join('\n')}`);
}
