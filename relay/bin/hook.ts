#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { runHook } from '@sluice/agent-hook/run';

process.exitCode = await runHook({
  stdin: process.stdin,
  env: process.env,
  folder: process.cwd(),
  program: [process.execPath, fileURLToPath(new URL('./sluice.cjs', import.meta.url))],
});
// Whatever still holds on to standard input: the answer is given.
process.stdin.destroy();
