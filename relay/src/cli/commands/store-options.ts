import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { RelayConfig } from '../../config.ts';
import { SluiceError } from '../../errors.ts';
import { filesIn, type RelayFiles } from '../../composition/files.ts';
import type { StoreConfig } from '../../store/index.ts';
import { findDemo } from '../demo-place.ts';

/** Options of commands that read a relay's data folder directly. */
export interface StoreOptions {
  readonly data?: string;
  readonly config?: string;
}

export function withStoreOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'the relay’s data folder; by default the running demo’s')
    .option('--config <file>', 'or its configuration');
}

/** Where a relay keeps its data. */
export interface StorePlace {
  readonly store: StoreConfig;
  readonly files: RelayFiles;
}

/** @throws SluiceError `config_invalid` if no folder is named and no demo is running, or if there is no record. */
export async function placeOf({ data, config }: StoreOptions): Promise<StorePlace> {
  if (data !== undefined && config !== undefined) {
    throw new SluiceError('config_invalid', '--data and --config both name a folder', {
      advice: 'give one of them',
    });
  }
  const { data: folder, store } =
    config === undefined
      ? { data: data ?? findDemo(undefined, ({ data }) => `--data ${data}`).data, store: SQLITE }
      : await configured(config);
  const files = filesIn(folder);
  if (store.kind === 'sqlite' && !existsSync(files.database)) {
    throw new SluiceError('config_invalid', `there is no record in \`${folder}\``, {
      advice: 'name the data folder of a relay, the one that holds `sluice.db`',
    });
  }
  return { store, files };
}

const SQLITE: StoreConfig = { kind: 'sqlite' };

async function configured(config: string): Promise<Pick<RelayConfig, 'data' | 'store'>> {
  const { readConfig } = await import('../../config.ts');
  return readConfig(config);
}
