import { type SignInTroubleCode, TroubleError as AnyTroubleError } from '@sluice/sign-in';

export { isSignedOut, type Trouble, troubleOf } from '@sluice/sign-in';

/** What goes wrong in the app itself. */
export type TroubleCode =
  | SignInTroubleCode
  | 'relay_known'
  | 'relay_not_listed'
  | 'signed_out'
  /** The request is not the one that the person was shown. */
  | 'request_changed'
  | 'never_shown'
  | 'relay_contradicts_itself'
  | 'not_confirmed'
  | 'device_unavailable'
  | 'device_not_enrolled'
  | 'offer_malformed'
  /** The witness: its alarm has to be answered first. */
  | 'alarm_stands'
  /** It takes a name, words, and an alarm to acknowledge. */
  | 'not_acknowledged'
  /** Downloaded sessions: an export that is not intact. */
  | 'replay_broken'
  | 'replay_too_large'
  /** No key is known by which it could be checked. */
  | 'key_unknown'
  /** What somebody gave for one is none. */
  | 'key_malformed'
  | 'replay_called_off'
  /** The thread that keeps them has ended. */
  | 'replays_stopped'
  /** An export of another history than this computer has seen. */
  | 'record_rewritten'
  /** Of which the relay does not prove that it is not. */
  | 'unproven'
  /** The file of downloaded sessions cannot be read. */
  | 'replays_damaged'
  | 'disk_full';

/** With a code of the app's own. */
export type TroubleError = AnyTroubleError<TroubleCode>;
export const TroubleError: new (
  code: TroubleCode,
  message: string,
  advice?: string,
  cause?: unknown,
) => TroubleError = AnyTroubleError;
