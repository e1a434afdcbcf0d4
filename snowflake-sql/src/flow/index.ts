export { flowOf } from './flow.ts';
