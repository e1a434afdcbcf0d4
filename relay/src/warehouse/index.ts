export type {
  Bind,
  Binds,
  ExecutableStatement,
  SessionState,
  Warehouse,
  WarehouseSession,
} from './warehouse.ts';
export type { Cell, LogicalType, ResultBatch, ResultColumn, RowCounts, StatementResult } from './result.ts';
export { type EmbeddedOptions, openEmbeddedWarehouse } from './embedded/embedded-warehouse.ts';
