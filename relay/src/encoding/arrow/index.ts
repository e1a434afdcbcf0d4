export { readArrowRows, cellReader, type ReadCell } from '@sluice/contract/arrow';
export { arrowField, arrowType } from './fields.ts';
export { type ArrowColumn, writeStream } from './stream.ts';
export { writeCells } from './write-cells.ts';
export type { Cell } from '../chunk.ts';
export type { ColumnShape } from '../column.ts';
