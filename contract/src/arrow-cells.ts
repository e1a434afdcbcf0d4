import {
  type Data,
  type DataType,
  type Field,
  type FixedSizeList,
  RecordBatchReader,
  type Struct,
  Type,
} from 'apache-arrow';

/**
 * Reads Snowflake's Arrow encoding (driver protocol, section 8) as the texts of its JSON encoding (section 6): what masks
 * work on, and what people are shown.
 */

/** What is known of a column: its type, in lower case, and the digits after the point of numbers and of seconds. */
export interface ArrowColumn {
  readonly type: string;
  readonly scale: number | null;
}

/** A value's text, or null where it cannot be read. Not to be called for values that are null. */
export type ReadCell = (index: number) => string | null;

/** Null when the vector is not of a type that Snowflake has for the column's. */
export function cellReader(data: Data, column: ArrowColumn): ReadCell | null {
  if (data.offset !== 0) return null;
  const scale = column.scale ?? 0;
  switch (column.type) {
    case 'array':
    case 'vector':
      if (data.typeId === Type.FixedSizeList) return numbersOf(data as Data<FixedSizeList>);
      return data.typeId === Type.Utf8 ? bytes(data, (given) => UTF8.decode(given)) : null;
    case 'text':
    case 'variant':
    case 'object':
    case 'map':
      return data.typeId === Type.Utf8 ? bytes(data, (given) => UTF8.decode(given)) : null;
    case 'binary':
      return data.typeId === Type.Binary ? bytes(data, hex) : null;
    case 'fixed':
      return data.typeId === Type.Decimal ? decimals(data, scale) : integers(data, scale);
    case 'real':
      return data.typeId === Type.Float ? reals(data) : null;
    case 'decfloat':
      return data.typeId === Type.Struct ? floats(data as Data<Struct>) : null;
    case 'boolean':
      return data.typeId === Type.Bool ? booleans(data) : null;
    case 'date':
      return data.typeId === Type.Date && data.values instanceof Int32Array ? wholeNumbers(data, 0) : null;
    case 'time':
      return integers(data, scale);
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return data.typeId === Type.Struct
        ? instants(data as Data<Struct>, scale, false)
        : integers(data, scale);
    case 'timestamp_tz':
      return data.typeId === Type.Struct ? instants(data as Data<Struct>, scale, true) : null;
    default:
      return null;
  }
}

/**
 * All rows of an IPC stream, by what its fields say of themselves.
 * @throws when the bytes are no such stream, or a column is of a type that Snowflake does not have.
 */
export function readArrowRows(bytes: Uint8Array): (string | null)[][] {
  if (bytes.byteLength === 0) return [];
  const rows: (string | null)[][] = [];
  const reader = RecordBatchReader.from(bytes).open();
  // The batches' own schema takes columns of one name for one.
  const { fields } = reader.schema;
  for (const { data } of reader) {
    const columns = fields.map((field, index) => {
      const child = data.children[index]!;
      const read = cellReader(child, columnOf(field)) ?? documentReader(child, field);
      if (read === null) throw new Error(`column ${field.name} is not as Snowflake encodes its type`);
      return { child, read };
    });
    for (let row = 0; row < data.length; row += 1)
      rows.push(columns.map(({ child, read }) => (child.getValid(row) ? read(row) : null)));
  }
  return rows;
}

function columnOf({ metadata }: Field): ArrowColumn {
  const scale = Number(metadata.get('scale') ?? 0);
  return { type: (metadata.get('logicalType') ?? '').toLowerCase(), scale };
}

/** Structs, lists and maps, which Snowflake has for structured types, as JSON: what people are shown. Nothing is masked by it. */
function documentReader(data: Data, { type }: Field): ReadCell | null {
  if (data.offset !== 0) return null;
  const [first, ...more] = (type as DataType).children ?? [];
  switch (data.typeId) {
    case Type.Struct: {
      const parts = (type as Struct).children.map((field, index) => {
        const part = partReader(data.children[index]!, field);
        return part === null ? null : (row: number) => `${JSON.stringify(field.name)}: ${part(row)}`;
      });
      if (!parts.every((part) => part !== null)) return null;
      return (row) => `{${parts.map((part) => part(row)).join(', ')}}`;
    }
    case Type.List: {
      const items = first === undefined ? null : partReader(data.children[0]!, first);
      return items === null || more.length > 0
        ? null
        : (row) => `[${within(data, row).map(items).join(', ')}]`;
    }
    case Type.Map: {
      const [key, value] = first?.type.children ?? [];
      const entries = data.children[0]?.children ?? [];
      const names = key === undefined ? null : partReader(entries[0]!, key);
      const values = value === undefined ? null : partReader(entries[1]!, value);
      if (names === null || values === null) return null;
      const name = (at: number) => (names(at).startsWith('"') ? names(at) : `"${names(at)}"`);
      return (row) =>
        `{${within(data, row)
          .map((at) => `${name(at)}: ${values(at)}`)
          .join(', ')}}`;
    }
    default:
      return null;
  }
}

/** Places of the elements of a row. */
function within({ valueOffsets }: Data, row: number): readonly number[] {
  const [from, to] = [valueOffsets[row] as number, valueOffsets[row + 1] as number];
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** A part of a document, as JSON. */
function partReader(data: Data, field: Field): ((row: number) => string) | null {
  const column = columnOf(field);
  const scalar = cellReader(data, column);
  const read = scalar ?? documentReader(data, field);
  if (read === null) return null;
  const isQuoted =
    scalar !== null && !['fixed', 'real', 'boolean', 'variant', 'object', 'array'].includes(column.type);
  return (row) => {
    const text = data.getValid(row) ? read(row) : null;
    if (text === null) return 'null';
    if (column.type === 'boolean') return text === '1' ? 'true' : 'false';
    return isQuoted || NOT_FINITE.has(text) ? JSON.stringify(readableTime(text, column.type)) : text;
  };
}

const NOT_FINITE: ReadonlySet<string> = new Set(['NaN', 'inf', '-inf']);

/** Times are numbers, in days or in seconds: here as ISO 8601 has them. */
function readableTime(text: string, type: string): string {
  if (type !== 'date' && type !== 'time' && !type.startsWith('timestamp')) return text;
  const [number = '0', offset] = text.split(' ');
  const [seconds = '0', fraction = ''] = number.split('.');
  const minutes = offset === undefined ? 0 : Number(offset) - 1440;
  const at = type === 'date' ? Number(number) * 86_400 : Number(seconds) + minutes * 60;
  const written = new Date(at * 1_000).toISOString();
  if (type === 'date') return written.slice(0, 10);
  const clock = `${written.slice(type === 'time' ? 11 : 0, 19)}${fraction === '' ? '' : `.${fraction}`}`;
  const zone = `${minutes < 0 ? '-' : '+'}${String(Math.trunc(Math.abs(minutes) / 60)).padStart(2, '0')}:${String(Math.abs(minutes) % 60).padStart(2, '0')}`;
  return `${clock}${offset === undefined ? '' : zone}`;
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** `unscaled` with a point before its last `scale` digits. */
export function withPoint(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function hex(given: Uint8Array): string {
  let text = '';
  for (const byte of given) text += byte.toString(16).padStart(2, '0');
  return text.toUpperCase();
}

/** Texts and binary values of variable length, stored one after the other with offsets. */
function bytes(data: Data, decode: (given: Uint8Array) => string): ReadCell {
  const { values, valueOffsets } = data as Data<DataType<Type.Utf8>>;
  return (index) => decode(values.subarray(valueOffsets[index], valueOffsets[index + 1]));
}

/** Numbers and times stored as integers: the value times ten to the power of its scale. */
function integers(data: Data, scale: number): ReadCell | null {
  return data.typeId === Type.Int ? wholeNumbers(data, scale) : null;
}

function wholeNumbers(data: Data, scale: number): ReadCell | null {
  const { values } = data as { readonly values: unknown };
  if (values instanceof BigInt64Array) return (index) => withPoint(values[index]!, scale);
  const isKnown = values instanceof Int8Array || values instanceof Int16Array || values instanceof Int32Array;
  if (!isKnown) return null;
  return (index) => (scale === 0 ? String(values[index]!) : withPoint(BigInt(values[index]!), scale));
}

/** Decimals of 128 bits, the lowest 32 bits first. */
function decimals(data: Data, scale: number): ReadCell | null {
  const { values } = data as { readonly values: unknown };
  if (!(values instanceof Uint32Array) || values.length < data.length * 4) return null;
  return (index) => {
    let unsigned = 0n;
    for (let word = 3; word >= 0; word -= 1) unsigned = (unsigned << 32n) | BigInt(values[index * 4 + word]!);
    return withPoint(BigInt.asIntN(128, unsigned), scale);
  };
}

function reals(data: Data): ReadCell | null {
  const { values } = data as { readonly values: unknown };
  if (!(values instanceof Float64Array)) return null;
  return (index) => {
    const value = values[index]!;
    if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
    if (Number.isNaN(value)) return 'NaN';
    return value > 0 ? 'inf' : '-inf';
  };
}

/** A DECFLOAT: an exponent of ten, and the digits as a two's complement, the highest byte first. */
function floats(data: Data<Struct>): ReadCell | null {
  if (namesOf(data) !== 'exponent,significand') return null;
  const [exponent, significand] = data.children as [Data, Data<DataType<Type.Binary>>];
  const exponents = exponent.values as unknown;
  if (!(exponents instanceof Int16Array) || significand.typeId !== Type.Binary) return null;
  const read = bytes(significand, hex);
  return (index) => {
    const digits = read(index) ?? '';
    const unsigned = digits === '' ? 0n : BigInt(`0x${digits}`);
    return floatText(BigInt.asIntN(digits.length * 4, unsigned), exponents[index]!);
  };
}

/** Written out where it has no more digits than a number may have, as JSON has it; with an exponent otherwise. */
function floatText(digits: bigint, exponent: number): string {
  if (exponent > MOST_DIGITS || exponent < -MOST_DIGITS) return `${digits}e${exponent}`;
  return exponent > 0 ? String(digits * 10n ** BigInt(exponent)) : withPoint(digits, -exponent);
}

const MOST_DIGITS = 38;

/** A VECTOR: as many numbers in each as its type says. */
function numbersOf(data: Data<FixedSizeList>): ReadCell | null {
  const { listSize } = data.type;
  const child = data.children[0] as Data | undefined;
  const values = child?.values as unknown;
  const isKnown = values instanceof Float32Array || values instanceof Int32Array;
  const isNumbers = child?.typeId === Type.Float || child?.typeId === Type.Int;
  if (!isKnown || !isNumbers || child.offset !== 0 || values.length < data.length * listSize) return null;
  return (index) => `[${values.subarray(index * listSize, (index + 1) * listSize).join(',')}]`;
}

function booleans(data: Data): ReadCell {
  const { values } = data as Data<DataType<Type.Bool>>;
  return (index) => String((values[index >> 3]! >> (index & 7)) & 1);
}

/**
 * A timestamp stored as a struct: seconds, optionally nanoseconds, and for a timestamp with a zone the UTC offset in
 * minutes plus 1440.
 */
function instants(data: Data<Struct>, scale: number, hasZone: boolean): ReadCell | null {
  const names = namesOf(data);
  const hasFraction = names.startsWith('epoch,fraction');
  if (names !== `epoch${hasFraction ? ',fraction' : ''}${hasZone ? ',timezone' : ''}`) return null;
  if (!hasFraction && !hasZone) return null;
  const [epoch, second, third] = data.children.map(({ values }) => values as unknown);
  const zone = hasFraction ? third : second;
  if (!(epoch instanceof BigInt64Array)) return null;
  if (hasFraction && !(second instanceof Int32Array)) return null;
  if (hasZone && !(zone instanceof Int32Array)) return null;
  const fraction = hasFraction ? (second as Int32Array) : null;
  const places = hasFraction ? 9 : scale;
  return (index) => {
    const unscaled =
      fraction === null ? epoch[index]! : epoch[index]! * 1_000_000_000n + BigInt(fraction[index]!);
    const text = withPoint(unscaled / 10n ** BigInt(places - scale), scale);
    return hasZone ? `${text} ${(zone as Int32Array)[index]}` : text;
  };
}

function namesOf(data: Data<Struct>): string {
  return data.type.children.map(({ name }) => name).join();
}
