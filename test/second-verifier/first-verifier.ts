import { createInterface } from 'node:readline';
import { runCli } from '../../relay/src/cli/cli.ts';

/**
 * `sluice verify --json` for each line of its standard input, a JSON array of arguments: one process for thousands of
 * files. Prints a line for each: the report, or what was printed in its place as a JSON text.
 */
const print = process.stdout.write.bind(process.stdout);
for await (const line of createInterface({ input: process.stdin })) {
  const written: string[] = [];
  const keep = ((text: string) => written.push(text) > 0) as typeof process.stdout.write;
  process.stdout.write = keep;
  process.stderr.write = keep;
  await runCli(['verify', ...(JSON.parse(line) as string[]), '--json']);
  const text = written.join('').trim();
  print(`${text.startsWith('{') ? text : JSON.stringify(text)}\n`);
}
