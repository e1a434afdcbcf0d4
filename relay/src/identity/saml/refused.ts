import { SluiceError } from '../../errors.ts';

/** One answer to all that is wrong with a sign-in, so that a forger learns nothing: why is in the cause. */
export function refused(why: string, cause?: unknown): SluiceError {
  return new SluiceError('token_invalid', 'the sign-in is not valid, or is no longer open', {
    advice: 'start it again from your program',
    cause: new Error(why, { cause }),
  });
}
