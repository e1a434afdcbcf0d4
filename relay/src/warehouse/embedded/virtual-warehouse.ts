/** The one virtual warehouse that there is here: what Snowflake computes with, DuckDB does in this process. */
export const VIRTUAL_WAREHOUSE = 'DEMO_WH';
