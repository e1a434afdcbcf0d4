export { bindTextsOf } from './bind-texts.ts';
export { bindTypesOf } from './bind-types.ts';
export type { ParameterValue, SessionParameters, SessionState } from './session-state.ts';
export type {
  Bind,
  Binds,
  EarlierRows,
  ExecutableStatement,
  StatementCost,
  LeftOutcome,
  LeftStatement,
  Warehouse,
  WarehouseSession,
} from './warehouse.ts';
export type { Cell, ResultChunk } from '../encoding/index.ts';
export type {
  CountedRows,
  FileTransfer,
  ImpliedTransaction,
  KeptChunk,
  OpenedChunk,
  LogicalType,
  ResultColumn,
  ResultEncoding,
  RowCounts,
  StatementResult,
  Unload,
  Unloading,
} from './result.ts';
export type { ByteRange, SentFile, Transfer, TransferTokens } from './files/transfer-tokens.ts';
export type { ListedObject, Page, SchemaName, WarehouseCatalog } from './catalog.ts';
export type { EmbeddedOptions } from './embedded/embedded-warehouse.ts';
export { openEmbeddedWarehouse } from './embedded/open.ts';
export { type SnowflakeOptions, openSnowflakeWarehouse } from './snowflake/snowflake-warehouse.ts';
export { openUpstream } from './snowflake/client/index.ts';
export { nameOfColumnType } from './type-names.ts';
