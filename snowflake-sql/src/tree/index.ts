export type * from './admin.ts';
export type * from './copy.ts';
export type * from './ddl.ts';
export type * from './dml.ts';
export type * from './names.ts';
export type * from './options.ts';
export type * from './query.ts';
export type * from './statements.ts';
