import { openSpool, readSettings, sendAttempts, spoolFolder } from '@sluice/agent-hook/sending';
import { runHook } from '@sluice/agent-hook/run';

/**
 * The agents' hook as the extension brings it, a program of its own (`hook/sluice.cjs`): `hook` judges what an agent is about to
 * do, and `hook send` hands attempts on. docs/agent-hook.md.
 */
async function main(): Promise<void> {
  const [, program = '', , what] = process.argv;
  const { env, stdin, execPath } = process;
  if (what === 'send') {
    await sendAttempts(openSpool(spoolFolder(env), Date.now), readSettings(env));
    return;
  }
  process.exitCode = await runHook({ stdin, env, folder: process.cwd(), program: [execPath, program] });
  // Whatever still holds on to standard input: the answer is given.
  stdin.destroy();
}

void main();
