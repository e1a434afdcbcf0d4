export { bind, problemOf } from './bind.ts';
