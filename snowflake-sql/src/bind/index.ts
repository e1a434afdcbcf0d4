export { bind } from './bind.ts';
