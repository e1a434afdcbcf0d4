import { closeSync, openSync, readSync } from 'node:fs';

/**
 * Whether the tree of pages that holds a database's schema, or one with statistics, is longer than any that a relay's database has.
 * SQLite reads them whole before it answers anything, so they are looked at without it: pages that lead back to others would keep it for ever.
 *
 * The layout of pages and of the write-ahead log: https://www.sqlite.org/fileformat2.html, sections 1.3, 1.6 and 4.
 *
 * @param path of the database. What is no database, or ends before its pages do, SQLite says itself.
 */
export function isSchemaEndless(path: string): boolean {
  const [file, log] = [openAt(path), openAt(`${path}-wal`)];
  try {
    return isTreeEndless(file.read, log.read);
  } finally {
    file.close();
    log.close();
  }
}

/** @param file of the database, and its write-ahead log: empty when there is none */
export function isTreeEndless(file: ReadAt, log: ReadAt): boolean {
  const size = pageSizeIn(file(0, HEADER));
  if (size === null) return false;
  const inLog = pagesInLog(log, size);
  const pageOf = (number: number) => inLog(number) ?? file((number - 1) * size, size);
  let [pages, bytes] = [0, 0];
  const due = [1];
  /** The schema's own pages come first. */
  const statistics: number[] = [];
  for (let number = due.pop(); number !== undefined; number = due.pop() ?? statistics.pop()) {
    pages += 1;
    const page = pageOf(number);
    if (page.length < size) continue;
    const { children, rows } = cellsOf(page, number === 1 ? HEADER : 0);
    for (const row of rows) {
      bytes += row.length;
      const root = statisticsAt(page, row);
      if (root === 'unclear') return true;
      if (root !== null) statistics.push(root);
    }
    if (pages > MOST_PAGES || bytes > MOST_BYTES) return true;
    due.push(...children);
  }
  return false;
}

/** A relay's schema takes a dozen pages. */
const MOST_PAGES = 1_000;
/** Of all rows together: each may go on in pages elsewhere, as long as it says. */
const MOST_BYTES = 8 * 1024 * 1024;
/** Bytes at the beginning of the first page. */
const HEADER = 100;

/** As many bytes as there are from there on, up to a length. */
export type ReadAt = (from: number, length: number) => Buffer;

/** One that is not there is empty. */
function openAt(path: string): { readonly read: ReadAt; close(): void } {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return { read: () => Buffer.alloc(0), close() {} };
  }
  return {
    read(from, length) {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, from));
    },
    close: () => closeSync(file),
  };
}

function pageSizeIn(header: Buffer): number | null {
  if (header.length < HEADER || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') return null;
  const size = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  return isPageSize(size) ? size : null;
}

function isPageSize(size: number): boolean {
  return size >= 512 && size <= 65_536 && (size & (size - 1)) === 0;
}

interface Row {
  /** Bytes that it says it has, here and in other pages. */
  readonly length: number;
  /** Where it begins in its page. */
  readonly at: number;
}

/** Pages that a page of a tree leads to, and its rows. */
function cellsOf(
  page: Buffer,
  at: number,
): { readonly children: readonly number[]; readonly rows: readonly Row[] } {
  const children: number[] = [];
  const rows: Row[] = [];
  const type = page[at]!;
  if (![INTERIOR, LEAF, INDEX_INTERIOR, INDEX_LEAF].includes(type)) return { children, rows };
  const leads = type === INTERIOR || type === INDEX_INTERIOR;
  const first = at + (leads ? 12 : 8);
  const count = Math.min(page.readUInt16BE(at + 3), Math.floor((page.length - first) / 2));
  if (leads) children.push(page.readUInt32BE(at + 8));
  for (let index = 0; index < count; index += 1) {
    const cell = page.readUInt16BE(first + 2 * index);
    if (cell + 4 > page.length) continue;
    if (leads) children.push(page.readUInt32BE(cell));
    if (type === INTERIOR) continue;
    const length = numberAt(page, leads ? cell + 4 : cell);
    const number = type === LEAF ? numberAt(page, length.next) : length;
    rows.push({ length: length.value, at: number.next });
  }
  return { children: children.filter((number) => number > 0), rows };
}

const [LEAF, INTERIOR, INDEX_LEAF, INDEX_INTERIOR] = [13, 5, 10, 2];

/**
 * Where the tree of the planner's statistics begins, which SQLite reads with the schema; null for a row of anything else.
 * A row has the types of its columns (`type`, `name`, `tbl_name`, `rootpage`, `sql`), then their values: section 2.1.
 */
function statisticsAt(page: Buffer, { length, at }: Row): number | 'unclear' | null {
  const header = numberAt(page, at);
  const types: number[] = [];
  for (let place = header.next; place < at + header.value && types.length < 4;) {
    const { value, next } = numberAt(page, place);
    types.push(value);
    place = next;
  }
  const [type = 0, name = 0, own = 0, root = 0] = types;
  const [typeLength, nameLength, ownLength] = [type, name, own].map((of) => Math.max(0, (of - 13) >> 1));
  const nameAt = at + header.value + typeLength!;
  const text = page.toString('latin1', nameAt, nameAt + nameLength!).toLowerCase();
  if (!text.startsWith('sqlite_stat')) return null;
  const rootAt = nameAt + nameLength! + ownLength!;
  // None that SQLite makes goes on in another page, or has a number of more than four bytes.
  if (rootAt + root > page.length || length > page.length / 2 || root < 1 || root > 4) return 'unclear';
  return page.readUIntBE(rootAt, root);
}

/** Seven bits a byte, the highest first, in nine bytes at most. */
function numberAt(page: Buffer, at: number): { readonly value: number; readonly next: number } {
  let [value, next] = [0, at];
  while (next < Math.min(at + 9, page.length)) {
    const byte = page[next]!;
    next += 1;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) break;
  }
  return { value, next };
}

/**
 * Gives the newest of each page that was committed to a write-ahead log; null for one that is to be read in the
 * database. Those of a log that was begun anew over an older one end where its checksums do.
 *
 * A relay may begin it anew while it is read here. That is done once all of it is in the database, and a frame is
 * written header first: a page is of the log that was read if its frame still is after that.
 */
function pagesInLog(log: ReadAt, size: number): (page: number) => Buffer | null {
  const header = log(0, LOG_HEADER);
  const isOfThisLog = (frame: Buffer) => frame.subarray(8, 16).equals(header.subarray(16, 24));
  const committed = committedIn(log, header, size, isOfThisLog);
  return (number) => {
    const at = committed.get(number);
    if (at === undefined) return null;
    const page = log(at + FRAME_HEADER, size);
    return isOfThisLog(log(at, FRAME_HEADER)) ? page : null;
  };
}

/** Where the frame of each page begins. */
function committedIn(
  log: ReadAt,
  header: Buffer,
  size: number,
  isOfThisLog: (frame: Buffer) => boolean,
): ReadonlyMap<number, number> {
  const committed = new Map<number, number>();
  if (header.length < LOG_HEADER) return committed;
  const magic = header.readUInt32BE(0);
  if ((magic & ~1) >>> 0 !== MAGIC || header.readUInt32BE(8) !== size) return committed;
  const sum = checksum((magic & 1) === 1);
  const isRight = (bytes: Buffer, at: number, [one, other]: Sum) =>
    bytes.readUInt32BE(at) === one && bytes.readUInt32BE(at + 4) === other;
  let sums = sum(header.subarray(0, 24), [0, 0]);
  if (!isRight(header, 24, sums)) return committed;
  const open = new Map<number, number>();
  for (let from = LOG_HEADER; ; from += FRAME_HEADER + size) {
    const frame = log(from, FRAME_HEADER + size);
    if (frame.length < FRAME_HEADER + size || !isOfThisLog(frame)) break;
    sums = sum(frame.subarray(FRAME_HEADER), sum(frame.subarray(0, 8), sums));
    if (!isRight(frame, 16, sums)) break;
    open.set(frame.readUInt32BE(0), from);
    if (frame.readUInt32BE(4) === 0) continue;
    for (const [page, at] of open) committed.set(page, at);
    open.clear();
  }
  return committed;
}

const MAGIC = 0x377f0682;
const LOG_HEADER = 32;
const FRAME_HEADER = 24;

type Sum = readonly [number, number];

function checksum(isBigEndian: boolean) {
  return (bytes: Buffer, [first, second]: Sum): Sum => {
    let [one, other] = [first, second];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      one = (one + view.getUint32(at, !isBigEndian) + other) >>> 0;
      other = (other + view.getUint32(at + 4, !isBigEndian) + one) >>> 0;
    }
    return [one, other];
  };
}
