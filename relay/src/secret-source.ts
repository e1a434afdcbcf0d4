import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SluiceError } from './errors.ts';

/** Where a secret is: never in the configuration itself. */
export const secretSource = z.union(
  [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
  {
    error: 'expected `{ env: NAME }` or `{ file: PATH }`: what is secret does not stand in the configuration',
  },
);

export type SecretSource = z.output<typeof secretSource>;

/** The same with its path resolved: `at` says where a path of the configuration file leads. */
export function secretAt(source: SecretSource, at: (path: string) => string): SecretSource {
  return 'file' in source ? { file: at(source.file) } : source;
}

/**
 * Reads a secret, as it is at the moment.
 *
 * @param what names it in the error: `the URL of the store`.
 * @throws SluiceError `config_invalid`.
 */
export function readSecret(
  source: SecretSource,
  what: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if ('env' in source) {
    const text = environment[source.env];
    if (text === undefined) {
      throw missing(`the environment has no variable \`${source.env}\`, for ${what}`);
    }
    return text;
  }
  try {
    return readFileSync(source.file, 'utf8');
  } catch {
    throw missing(`the file \`${source.file}\` with ${what} cannot be read`);
  }
}

function missing(message: string): SluiceError {
  return new SluiceError('config_invalid', message, {
    advice: 'put the secret there, or correct the configuration',
  });
}
