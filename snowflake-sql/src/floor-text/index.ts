export { salted } from './token-text.ts';
export type { FloorText, Replaced } from './floor-text.ts';
export { withFloor } from './with-floor.ts';
