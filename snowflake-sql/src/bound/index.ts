export type * from './query.ts';
export { sourceOf } from './query.ts';
export type * from './statement.ts';
export * from './reading.ts';
export { addBoundChildren, type AnyBoundNode, walkBound } from './children.ts';
export { indexRelations } from './relation-index.ts';
