import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { SluiceError } from '../../errors.ts';
import { filesIn, type RelayFiles } from '../../composition/files.ts';
import { findDemo } from '../demo-place.ts';

/** Options of commands that read a relay's own folder. */
export interface StoreOptions {
  readonly data?: string;
  readonly config?: string;
}

export function withStoreOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'the relay’s data folder; by default the running demo’s')
    .option('--config <file>', 'or its configuration');
}

/** Throws `config_invalid` when no folder is named and no demo runs, or no record is there. */
export async function filesOf({ data, config }: StoreOptions): Promise<RelayFiles> {
  if (data !== undefined && config !== undefined) {
    throw new SluiceError('config_invalid', '--data and --config both name a folder', {
      advice: 'give one of them',
    });
  }
  const folder =
    data ??
    (config === undefined ? findDemo(undefined, ({ data }) => `--data ${data}`).data : await dataOf(config));
  const files = filesIn(folder);
  if (!existsSync(files.database)) {
    throw new SluiceError('config_invalid', `there is no record in \`${folder}\``, {
      advice: 'name the data folder of a relay, the one that holds `sluice.db`',
    });
  }
  return files;
}

async function dataOf(config: string): Promise<string> {
  const { readConfig } = await import('../../config.ts');
  return readConfig(config).data;
}
