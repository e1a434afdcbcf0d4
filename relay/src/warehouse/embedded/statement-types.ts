/** Driver protocol, section 10.3. */
export const statementTypes = {
  select: 0x1000,
  inserted: 0x3100,
  updated: 0x3200,
  deleted: 0x3300,
  merge: 0x3400,
  multiInserted: 0x3500,
  copy: 0x3600,
  other: 0x4000,
  /** The account's own number is not known; nobody is told, since a block answers with what its RETURN does. */
  script: 0x4000,
  alterSession: 0x4100,
  use: 0x4300,
  show: 0x4400,
  describe: 0x4500,
  transaction: 0x5000,
  ddl: 0x6000,
  list: 0x7000,
  get: 0x7101,
  put: 0x7102,
  remove: 0x7103,
} as const;
