import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { storeAt, storeConfig } from '../store-config.ts';
import { connectionOptions, type PostgresConfig } from './connection-options.ts';

const folder = temporaryFolder();

function configured(more: object = {}): PostgresConfig {
  return storeConfig.parse({ kind: 'postgres', url: { env: 'URL' }, ...more }) as PostgresConfig;
}
const from = (url: string, more: object = {}) => connectionOptions(configured(more), { URL: url });

describe('the URL of a store', () => {
  it.each([
    [
      'postgres://u:p%40ss@127.0.0.1/db',
      { host: '127.0.0.1', port: 5432, user: 'u', password: 'p@ss', database: 'db' },
    ],
    ['postgresql://u@[::1]:6000/db', { host: '::1', port: 6000, user: 'u', database: 'db' }],
    ['postgres://u@localhost/db\n', { host: 'localhost', port: 5432, user: 'u', database: 'db' }],
    [
      'postgres://u@ignored/db?host=/run/postgresql',
      { host: '/run/postgresql', port: 5432, user: 'u', database: 'db' },
    ],
  ])('says where it is: %s', (url, where) => {
    expect(from(url)).toEqual({ ...where, ssl: false });
  });

  it.each([
    ['that is none', 'secret-word'],
    ['of something else', 'https://u:secret-word@127.0.0.1/db'],
    ['without a database', 'postgres://u:secret-word@127.0.0.1/'],
    ['without a user', 'postgres://127.0.0.1/secret-word'],
    ['that would turn TLS off', 'postgres://u:secret-word@127.0.0.1/db?sslmode=disable'],
    ['of another machine, without TLS', 'postgres://u:secret-word@db.example/db'],
    ['of a machine that only looks like this one', 'postgres://u:secret-word@127.example/db'],
  ])('%s is refused, and repeated nowhere', (_, url) => {
    let refusal: unknown;
    try {
      from(url);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'config_invalid' });
    expect(String((refusal as Error).stack)).not.toContain('secret-word');
  });

  it('leads to another machine with TLS, whose certificate is always checked, or in so many words without', () => {
    writeFileSync(join(folder, 'ca.pem'), 'a certificate');
    const url = 'postgres://u@db.example/db';
    expect(from(url, { tls: { ca: join(folder, 'ca.pem') } }).ssl).toEqual({
      rejectUnauthorized: true,
      ca: 'a certificate',
    });
    expect(from(url, { tls: {} }).ssl).toEqual({ rejectUnauthorized: true });
    expect(from(url, { allowPlain: true }).ssl).toBe(false);
  });

  it('is in a file or in the environment, and never in the configuration', () => {
    writeFileSync(join(folder, 'url'), 'postgres://u@localhost/db\n');
    const inFile = storeAt(configured({ url: { file: 'url' } }), (path) => join(folder, path));
    expect(connectionOptions(inFile as PostgresConfig, {})).toMatchObject({ user: 'u' });
    expect(() => connectionOptions(configured(), {})).toThrow('`URL`');
    const literal = storeConfig.safeParse({ kind: 'postgres', url: 'postgres://u:p@localhost/db' });
    expect(literal.error?.issues[0]?.message).toContain('does not stand in the configuration');
  });
});
