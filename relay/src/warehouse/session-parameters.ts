/** Session parameters: which there are, what they are in a session, and what a client asks for. It runs nothing. */
export { afterChange, changesAutocommit, meaningOf, parameterOf } from './embedded/parameters/parameters.ts';
export { readSignInParameters } from './embedded/parameters/read.ts';
export { type ParameterName, PARAMETERS } from './embedded/parameters/table.ts';
export type { ParameterValue, SessionParameters } from './session-state.ts';
