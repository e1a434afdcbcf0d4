import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { RelayConfig } from '../config.ts';
import { StoreError } from '../store/index.ts';
import { startProblem } from './start-problem.ts';

const config = { data: '/srv/sluice', listen: { host: '10.9.8.7', port: 80 } } as RelayConfig;

it.each<[string, () => unknown, { code: string; message: string }]>([
  [
    'a file that has no room',
    () => writeFileSync('/dev/full', 'x'),
    { code: 'record_unavailable', message: 'there is no room for the record in `/srv/sluice`' },
  ],
  [
    'a database that has no room',
    () => raise(new StoreError('full')),
    { code: 'record_unavailable', message: 'there is no room for the record in `/srv/sluice`' },
  ],
  [
    'a database that does not answer',
    () => raise(new StoreError('lost')),
    { code: 'record_unavailable', message: 'the store cannot be used: the database does not answer' },
  ],
  [
    'a data folder that cannot be made',
    () => mkdirSync('/dev/null/sluice', { recursive: true }),
    { code: 'record_unavailable', message: 'the data folder `/dev/null/sluice` cannot be used: ' },
  ],
  [
    'a database that is none',
    () => new DatabaseSync('/dev/null/sluice.db'),
    { code: 'record_unavailable', message: 'the data folder `/srv/sluice` cannot be used: ' },
  ],
  [
    'a certificate that is not there',
    () => readFileSync('/nowhere/cert.pem'),
    { code: 'config_invalid', message: '`/nowhere/cert.pem` cannot be read' },
  ],
])('%s', (_, fail, { code, message }) => {
  const error = thrownBy(fail);
  const of = message.includes('/dev/null') ? { ...config, data: '/dev/null/sluice' } : config;
  const problem = startProblem(error, of);
  expect(problem).toMatchObject({ code, cause: error });
  expect(problem?.message).toContain(message);
  expect(problem?.advice).not.toBe('');
});

it('any other error is not for the operator to mend', () => {
  expect(startProblem(new TypeError('x is not a function'), config)).toBeNull();
});

function thrownBy(fail: () => unknown): unknown {
  try {
    fail();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function raise(error: Error): never {
  throw error;
}
