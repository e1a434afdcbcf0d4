import fastify from 'fastify';
import { afterEach, expect, it } from 'vitest';
import { AUTHORITIES } from '../authority.ts';
import { identify } from './identify.ts';

const app = () => {
  const made = fastify();
  identify(made, { authenticate: () => Promise.reject(new Error()), guard: () => {}, onRefused: () => {} });
  return made;
};
let made: ReturnType<typeof app>;
afterEach(() => made.close());

it('a route of which nobody has said who may ask for it cannot be added', () => {
  made = app();
  expect(() => made.get('/api/approvals/:id/everything', () => 'all')).toThrow('nobody has said who may ask');
  expect(() => made.put('/api/approvals', () => 'all')).toThrow('PUT /api/approvals');
});

it('and every other can', () => {
  made = app();
  for (const route of Object.keys(AUTHORITIES)) {
    const [method = '', url = ''] = route.split(' ');
    expect(() => made.route({ method, url, handler: () => 'one' })).not.toThrow();
  }
});
