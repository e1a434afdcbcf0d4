export { type AttemptParts, registerAttempts } from './attempt-routes.ts';
