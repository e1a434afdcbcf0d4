export { openDatabase, openToRead } from './database.ts';
