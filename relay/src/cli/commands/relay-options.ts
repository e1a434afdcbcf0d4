import type { RelayClient } from '@sluice/contract';
import type { Command } from 'commander';
import { SluiceError } from '../../errors.ts';
import { type DemoTokens, findDemo } from '../demo-place.ts';

/** Options of commands that talk to a running relay. */
export interface RelayOptions {
  readonly url?: string;
  readonly token?: string;
  readonly as?: string;
}

export function withRelayOptions(command: Command): Command {
  return command
    .option('--as <person>', 'one of the running demo’s people')
    .option('--url <url>', 'where the relay listens (or SLUICE_URL)')
    .option('--token <token>', 'a bearer token (or SLUICE_TOKEN; to decide, SLUICE_DECIDING_TOKEN)');
}

/** Of the relay that is named, as whom, for what is to be done. Throws `config_invalid` when that is not said. */
export async function clientOf(options: RelayOptions, to: keyof DemoTokens): Promise<RelayClient> {
  const place = relayOf(options, to);
  const { createRelayClient } = await import('@sluice/contract');
  return createRelayClient(place);
}

function relayOf({ as, url, token }: RelayOptions, to: keyof DemoTokens): { url: string; token: string } {
  if (as !== undefined) {
    const demo = findDemo();
    const known = demo.tokens[as];
    if (known === undefined) {
      throw new SluiceError('config_invalid', `nobody in the demo is called \`${as}\``, {
        advice: `there are ${Object.keys(demo.tokens).join(', ')}`,
      });
    }
    return { url: demo.url, token: known[to] };
  }
  const variable = to === 'run' ? 'SLUICE_TOKEN' : 'SLUICE_DECIDING_TOKEN';
  const place = { url: url ?? process.env['SLUICE_URL'], token: token ?? process.env[variable] };
  if (place.url === undefined || place.token === undefined) {
    throw new SluiceError('config_invalid', 'which relay, and as whom?', {
      advice: `give --url and --token (or SLUICE_URL and ${variable}), or --as with a running demo`,
    });
  }
  return { url: place.url, token: place.token };
}
