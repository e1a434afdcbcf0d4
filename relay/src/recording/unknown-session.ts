import { SluiceError } from '../errors.ts';

export function unknownSession(session: string): SluiceError {
  return new SluiceError('session_unknown', `session \`${session}\` is not on the record`, {
    advice: 'see `sluice sessions list`',
  });
}
