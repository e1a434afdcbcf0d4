export type {
  Bind,
  Binds,
  ExecutableStatement,
  SessionState,
  Warehouse,
  WarehouseSession,
} from './warehouse.ts';
export type { Cell, LogicalType, ResultBatch, ResultColumn, RowCounts, StatementResult } from './result.ts';
