export type {
  Bind,
  Binds,
  ExecutableStatement,
  SessionState,
  Warehouse,
  WarehouseSession,
} from './warehouse.ts';
export type {
  Cell,
  LogicalType,
  ResultChunk,
  ResultColumn,
  ResultEncoding,
  RowCounts,
  StatementResult,
} from './result.ts';
export type { ListedObject, Page, SchemaName, WarehouseCatalog } from './catalog.ts';
export { type EmbeddedOptions, openEmbeddedWarehouse } from './embedded/embedded-warehouse.ts';
