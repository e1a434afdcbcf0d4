export {
  type Given,
  type BrowserSignInOptions,
  type OpenReturn,
  signInByBrowser,
} from './browser-sign-in.ts';
export { type CodeToEnter, type DeviceSignInOptions, offersCodes, signInByCode } from './device-sign-in.ts';
export { type KeptSignIn, keptSignIn, type KeptText, type SignIn } from './kept-sign-in.ts';
export { type Place, placesOf } from './place.ts';
export { checkRelay, isLoopback, isSafe, relayAddress } from './relay-address.ts';
export { type Return, type Returned } from './return.ts';
export {
  openSession,
  type Session,
  type SessionOptions,
  type SessionPerson,
  type SignInPlace,
  type Way,
} from './session.ts';
export { type StepUp, stepUpOf } from './step-up.ts';
export { isSignedOut, type SignInTroubleCode, type Trouble, TroubleError, troubleOf } from './trouble.ts';
