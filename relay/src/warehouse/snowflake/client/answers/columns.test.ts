import { expect, it } from 'vitest';
import { columnOf, rowtypeEntry } from './columns.ts';

const columnIn = (entry: object) => columnOf(rowtypeEntry.parse({ name: 'C', nullable: false, ...entry }));
const plain = { precision: null, scale: null, length: null };

it('knows of which types the values of a structured type are, all the way down', () => {
  const fields = [
    { type: 'text', nullable: false, length: 5, byteLength: 20 },
    { type: 'object', fields: [{ name: 'n', type: 'fixed', precision: 4, scale: 1 }] },
  ];
  expect(columnIn({ type: 'MAP', fields })).toEqual({
    ...plain,
    name: 'C',
    type: 'object',
    nullable: false,
    structure: {
      of: 'map',
      fields: [
        { ...plain, name: '', type: 'text', nullable: false, length: 5 },
        {
          ...plain,
          name: '',
          type: 'object',
          nullable: true,
          structure: {
            of: 'object',
            fields: [{ ...plain, name: 'n', type: 'fixed', nullable: true, precision: 4, scale: 1 }],
          },
        },
      ],
    },
  });
});

it.each([
  ['there is none', { type: 'object' }],
  ['there is nothing in it', { type: 'array', fields: [] }],
  ['it is a vector', { type: 'vector', fields: [{ type: 'real' }] }],
  [
    'something in it is of a type that the relay does not know',
    { type: 'array', fields: [{ type: 'interval' }] },
  ],
  ['something deep in it is', { type: 'text', fields: [{ type: 'array', fields: [{ type: 'x' }] }] }],
])('knows no structure where %s', (_title, entry) => {
  expect(columnIn(entry)).not.toHaveProperty('structure');
});
