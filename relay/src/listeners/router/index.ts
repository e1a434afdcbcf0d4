export { createRouter, type ErrorAnswer, type Router, type RouterParts, tooOld } from './router.ts';
export { problemOf, retryAfter, sendProblem } from './problems.ts';
export { read } from './read.ts';
export { PAGE_CSP, type SignInErrorParts, signInErrors } from './sign-in-errors.ts';
