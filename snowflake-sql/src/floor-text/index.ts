export { salted } from './token-text.ts';
export { type FloorText, type Replaced, withFloor } from './with-floor.ts';
