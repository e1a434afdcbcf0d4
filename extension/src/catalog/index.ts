export { type Described, describeTable } from './describe-table.ts';
export { type ListedTable, listTables, type TableList } from './list-tables.ts';
export { namesOf, partsOf } from './names.ts';
