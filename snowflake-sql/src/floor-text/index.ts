export { type FloorText, type Replaced, withFloor } from './with-floor.ts';
