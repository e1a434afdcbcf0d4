export { createRouter, type ErrorAnswer, type Router, type RouterParts } from './router.ts';
export { problemOf, retryAfter, sendProblem } from './problems.ts';
export { read } from './read.ts';
