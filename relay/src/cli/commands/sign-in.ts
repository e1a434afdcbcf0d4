import type { Command } from 'commander';
import { SluiceError } from '../../errors.ts';
import type { Terminal } from '../terminal.ts';
import type { SignInPlace } from '../sign-in.ts';

interface Options {
  readonly url?: string;
  readonly issuer?: string;
  readonly clientId: string;
  readonly scope: string;
  readonly decide?: true;
  readonly decidingScope?: string;
  readonly resource?: string;
  readonly browser: boolean;
}

/** How long a person has to sign in, in milliseconds. */
const PATIENCE_MS = 10 * 60_000;

export function signInCommands(program: Command, { print, note }: Terminal): void {
  program
    .command('sign-in')
    .description('sign in with a browser, and print the token: SLUICE_TOKEN=$(sluice sign-in ...)')
    .option('--url <url>', 'address of a relay with SAML sign-in (or SLUICE_URL)')
    .option('--issuer <url>', 'an OIDC issuer that the relay trusts')
    .option('--client-id <id>', 'the client id of this program at the issuer', 'sluice')
    .option('--scope <scopes>', 'the scopes to request', 'openid profile email groups')
    .option(
      '--decide',
      'sign in again for a token for deciding (SLUICE_DECIDING_TOKEN), which cannot run SQL',
    )
    .option(
      '--deciding-scope <scope>',
      'with --decide: what the issuer calls that, `sluice:decide` unless said otherwise; empty for none',
    )
    .option('--resource <uri>', 'the resource (audience) of the token, if the issuer needs it')
    .option('--no-browser', 'print the address instead of opening a browser')
    .action(async (options: Options) => {
      const [{ signIn }, { default: openInBrowser }] = await Promise.all([
        import('../sign-in.ts'),
        import('open'),
      ]);
      const openBrowser = async (url: URL) => {
        note(`Sign in at ${url.href}`);
        // If the browser cannot be opened, the printed address is enough.
        if (options.browser) await openInBrowser(url.href).catch(() => null);
      };
      print(await signIn(await placeOf(options), { openBrowser, signal: AbortSignal.timeout(PATIENCE_MS) }));
    });
}

async function placeOf(options: Options): Promise<SignInPlace> {
  const { DECIDING_SCOPE, issuerUrl } = await import('../../identity/index.ts');
  const {
    issuer,
    url = process.env['SLUICE_URL'],
    clientId,
    scope,
    decidingScope = DECIDING_SCOPE,
    resource = null,
  } = options;
  const anew = options.decide === true;
  const address = issuerUrl.safeParse(issuer ?? url);
  if (!address.success) {
    throw new SluiceError('config_invalid', 'where to sign in?', {
      advice:
        'give the https URL of an OIDC issuer with --issuer, or of a relay with SAML sign-in with --url',
    });
  }
  return {
    issuer: new URL(address.data),
    kind: issuer === undefined ? 'relay' : 'oidc',
    clientId,
    scope: anew ? `${scope} ${decidingScope}`.trim() : scope,
    anew,
    resource,
  };
}
