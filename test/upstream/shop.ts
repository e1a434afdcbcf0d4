import type { Cell } from './columns.ts';
import type { Table } from './tables.ts';

/** Rows that are not alike in a result of any size, so that a chunk of them is made once. */
const DISTINCT = 200_000;
const PORTIONS = { first: 500, chunk: 20_000 };

/** A made-up shop: a small table, and one whose rows are as many as somebody wants, of every type. */
export function shopTables(largeRows: number): readonly Table[] {
  const place = { database: 'SHOP', schema: 'PUBLIC' } as const;
  return [
    {
      ...place,
      name: 'CUSTOMERS',
      rows: 1_000,
      columns: [
        { name: 'ID', type: 'fixed', precision: 38, scale: 0, cell: String },
        { name: 'NAME', type: 'text', length: 100, cell: personOf },
        { name: 'EMAIL', type: 'text', length: 100, cell: emailOf },
        { name: 'CARD_NUMBER', type: 'text', length: 19, cell: cardOf },
        { name: 'CITY', type: 'text', length: 100, cell: (index) => CITIES[index % CITIES.length]! },
      ],
    },
    {
      database: 'SHOP',
      schema: 'SCRATCH',
      name: 'NOTES',
      rows: 0,
      columns: [
        { name: 'ID', type: 'fixed', precision: 38, scale: 0, cell: String },
        { name: 'TEXT', type: 'text', length: 100, cell: String },
      ],
    },
    {
      ...place,
      name: 'EVENTS',
      rows: largeRows,
      distinct: DISTINCT,
      portions: PORTIONS,
      columns: [
        { name: 'ID', type: 'fixed', precision: 18, scale: 0, cell: String },
        {
          name: 'PRODUCT_ID',
          type: 'fixed',
          precision: 9,
          scale: 0,
          cell: (index) => String((index * 7_919) % 500),
        },
        {
          name: 'TOTAL',
          type: 'fixed',
          precision: 12,
          scale: 2,
          cell: (index) => `${(index * 31) % 90_000}.${String(index % 100).padStart(2, '0')}`,
        },
        { name: 'STATUS', type: 'text', length: 20, cell: (index) => STATUSES[index % STATUSES.length]! },
        { name: 'ORDER_DATE', type: 'date', cell: (index) => String(19_000 + (index % 1_000)) },
        {
          name: 'CREATED_AT',
          type: 'timestamp_ntz',
          scale: 3,
          cell: (index) => `${1_600_000_000 + index * 37}.${String(index % 1_000).padStart(3, '0')}`,
        },
        { name: 'COUNTRY', type: 'text', length: 2, cell: (index) => COUNTRIES[index % COUNTRIES.length]! },
        { name: 'IS_PAID', type: 'boolean', cell: (index) => (index % 11 === 0 ? null : String(index % 2)) },
        { name: 'WEIGHT', type: 'real', cell: (index) => String((index % 1_000) / 8) },
        { name: 'CITY', type: 'text', length: 100, cell: (index) => CITIES[index % CITIES.length]! },
        { name: 'NAME', type: 'text', length: 100, cell: personOf },
        { name: 'EMAIL', type: 'text', length: 100, cell: emailOf },
        { name: 'CARD_NUMBER', type: 'text', length: 19, cell: cardOf },
        { name: 'BIRTH_DATE', type: 'date', cell: (index) => String(-3_000 + ((index * 13) % 20_000)) },
        {
          name: 'CREDIT_LIMIT',
          type: 'fixed',
          precision: 12,
          scale: 2,
          cell: (index) => `${(index * 17) % 20_000}.00`,
        },
        { name: 'PROFILE', type: 'variant', cell: profileOf },
        { name: 'BODY', type: 'text', length: 1_000, cell: bodyOf },
      ],
    },
  ];
}

const CITIES = ['Amsterdam', 'Göteborg', 'Kraków', 'Lisboa', 'Nice', 'Porto', 'Zürich'];
const COUNTRIES = ['NL', 'SE', 'PL', 'PT', 'FR', 'CH'];
const STATUSES = ['new', 'paid', 'shipped', 'returned'];
const FIRST = ['Ada', 'Grace', 'Zoë', 'Łucja', 'Alan', 'Barbara', 'Edsger', 'Tony'];
const LAST = ['Lovelace', 'Hopper', 'Nowak', 'Turing', 'Liskov', 'Dijkstra', 'Hoare'];

function personOf(index: number): string {
  return `${FIRST[index % FIRST.length]} ${LAST[(index >> 3) % LAST.length]}`;
}

function emailOf(index: number): string {
  return `customer.${index % 50_000}@example.com`;
}

function cardOf(index: number): string {
  return `4111111111${String(index % 1_000_000).padStart(6, '0')}`;
}

function profileOf(index: number): string {
  return JSON.stringify(
    {
      contact: { email: emailOf(index), phone: `+4670${String(index % 10_000_000).padStart(7, '0')}` },
      plan: STATUSES[index % STATUSES.length],
      visits: index % 97,
      passport: { number: `P${String(index % 100_000).padStart(7, '0')}` },
    },
    null,
    2,
  );
}

function bodyOf(index: number): Cell {
  if (index % 7 === 0) return null;
  const words = `My order ${index} came late, and one of the parcels was open.`;
  return index % 3 === 0 ? `${words} Please write to ${emailOf(index)} or call me.` : words;
}
