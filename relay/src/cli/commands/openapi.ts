import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

export function openApiCommands(program: Command, { print }: Terminal): void {
  program
    .command('openapi')
    .description('print the HTTP API as an OpenAPI 3.1 document (JSON)')
    .action(async () => {
      const { openApiDocument } = await import('@sluice/contract');
      print(JSON.stringify(openApiDocument(), null, 2));
    });
}
