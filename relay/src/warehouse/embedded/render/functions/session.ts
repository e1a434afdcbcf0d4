/** What the session says of itself; given as literals, so that no function of DuckDB's answers instead. */
export const sessionFunctions: Readonly<Record<string, true>> = {
  CURRENT_DATABASE: true,
  CURRENT_SCHEMA: true,
  CURRENT_WAREHOUSE: true,
  CURRENT_ROLE: true,
  CURRENT_USER: true,
  CURRENT_ACCOUNT: true,
  CURRENT_REGION: true,
  CURRENT_VERSION: true,
  CURRENT_SESSION: true,
  LAST_QUERY_ID: true,
};
