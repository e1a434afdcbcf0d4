#!/usr/bin/env node
import { runCli } from '../src/cli/cli.ts';

// Whoever reads may have seen enough, as `head` does: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCli(process.argv.slice(2));
