import type { RelayClient } from '@sluice/contract';
import type { Command } from 'commander';
import { SluiceError } from '../../errors.ts';
import { type StoreOptions, withStoreOptions } from './store-options.ts';
import { type DemoPlace, type DemoTokens, findDemo } from '../demo-place.ts';

/** Options of commands that connect to a running relay. */
export interface RelayOptions {
  readonly url?: string;
  readonly token?: string;
  readonly as?: string;
}

export interface RelayMeant {
  readonly url: string;
  readonly token: string;
  /** Set if the relay is a demo and the token belongs to one of its people. */
  readonly demo?: DemoPlace;
}

export function withRelayOptions(command: Command): Command {
  return command
    .option('--as <person>', 'a person of the running demo')
    .option('--url <url>', 'address of the relay (or SLUICE_URL); with --as, of the demo')
    .option('--token <token>', 'a bearer token (or SLUICE_TOKEN; to decide, SLUICE_DECIDING_TOKEN)');
}

/** Of commands that read a data folder, or ask a relay for the same. */
export function withEitherOptions(command: Command): Command {
  return withRelayOptions(withStoreOptions(command));
}

/**
 * Whether a relay is meant, and not a data folder.
 * @throws SluiceError `config_invalid` if both are.
 */
export function asksRelay({ as, url, token, data, config }: RelayOptions & StoreOptions): boolean {
  const named = as !== undefined || url !== undefined || token !== undefined;
  if (data === undefined && config === undefined) return named || process.env['SLUICE_URL'] !== undefined;
  if (!named) return false;
  throw new SluiceError('config_invalid', 'a data folder and a relay are both named', {
    advice: 'give --data or --config, or --as, --url and --token',
  });
}

/**
 * A client of the relay that the options name, with a token for this purpose.
 * @throws SluiceError `config_invalid` if the options name no relay or no token.
 */
export async function clientOf(options: RelayOptions, to: keyof DemoTokens): Promise<RelayClient> {
  const { createRelayClient } = await import('@sluice/contract');
  return createRelayClient(relayOf(options, to));
}

/**
 * The address of the relay, and a token for this purpose.
 * @throws SluiceError `config_invalid` if the options name no relay or no token.
 */
export function relayOf({ as, url, token }: RelayOptions, to: keyof DemoTokens): RelayMeant {
  if (as !== undefined) {
    const demo = findDemo(url);
    return { url: demo.url, token: tokensOf(demo, as)[to], demo };
  }
  const variable = to === 'run' ? 'SLUICE_TOKEN' : 'SLUICE_DECIDING_TOKEN';
  const place = { url: url ?? process.env['SLUICE_URL'], token: token ?? process.env[variable] };
  if (place.url === undefined || place.token === undefined) {
    throw new SluiceError('config_invalid', 'which relay, and as whom?', {
      advice: `give --url and --token (or SLUICE_URL and ${variable}), or --as with a running demo`,
    });
  }
  if (!URL.canParse(place.url)) {
    throw new SluiceError('config_invalid', `\`${place.url}\` is not a URL`, {
      advice: 'give an address such as https://sluice.example.com:8443',
    });
  }
  return { url: place.url, token: place.token };
}

/** @throws SluiceError `config_invalid` if the demo has no such person. */
export function tokensOf({ people }: DemoPlace, subject: string): DemoTokens {
  const known = people.find((person) => person.subject === subject);
  if (known !== undefined) return known.tokens;
  throw new SluiceError('config_invalid', `nobody in the demo is called \`${subject}\``, {
    advice: `there are ${people.map((person) => person.subject).join(', ')}`,
  });
}

/** The options that reach the same relay as another person of the same demo, or from another terminal. */
export function sameRelay({ as, url }: RelayOptions, other: string | null): string {
  const who = as === undefined || other === null ? '' : ` --as ${other}`;
  return `${who}${url === undefined ? '' : ` --url ${url}`}`;
}
