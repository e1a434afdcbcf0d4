import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { doctorCommand } from './cli/doctor.ts';
import { readConfig } from './config.ts';

const folder = temporaryFolder();
const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
const mail = {
  name: 'm',
  host: 'mail.example',
  port: 25,
  security: 'none',
  login: { user: 'u', password: 'hunter2' },
  from: 'a@example.com',
  to: ['b@example.com'],
};
const publicUrl = 'https://sluice.example.com';

/** A configuration file with these parts beside the least that one has. */
function fileWith(parts: object): string {
  const path = join(folder, 'sluice.yaml');
  const least = {
    listen: { port: 0 },
    data: 'data',
    policy: 'policy.yaml',
    identity: { issuers: [{ issuer: 'http://127.0.0.1:9/', audience: 'a' }] },
    warehouse: { type: 'embedded', customers: null },
  };
  writeFileSync(path, stringify({ ...least, ...parts }));
  return path;
}

it.each<[string, object, RegExp]>([
  [
    'plain HTTP for everybody',
    { listen: { host: '0.0.0.0', publicUrl } },
    /:2:3: .*allowPlainHttp.* \(at `listen\.host`\)/,
  ],
  [
    'plain HTTP on an address',
    { listen: { host: '10.0.0.5', publicUrl } },
    /allowPlainHttp.* \(at `listen\.host`\)/,
  ],
  [
    'plain HTTP for all of IPv6',
    { listen: { host: '::', publicUrl } },
    /allowPlainHttp.* \(at `listen\.host`\)/,
  ],
  [
    'nothing that links could lead to',
    { listen: { host: '10.0.0.5', allowPlainHttp: true } },
    /`publicUrl` is needed.* \(at `listen`\)/,
  ],
  [
    'a proxy that may say anything',
    { listen: { trustProxy: true } },
    /:2:3: expected how many .*, found `true` \(at `listen\.trustProxy`\)/,
  ],
  ['a proxy by name', { listen: { trustProxy: ['proxy.internal'] } }, /listen\.trustProxy/],
  ['no proxies to be trusted', { listen: { trustProxy: 0 } }, /listen\.trustProxy/],
  [
    'an integration with a secret that can be tried out',
    { integrations: [{ name: 'i', secret: secretOf(23), groups: [] }] },
    /expected a secret of 24 to 64 bytes \(at `integrations\[0\]\.secret`\)/,
  ],
  ['an integration with one byte', { integrations: [{ name: 'i', secret: 'x', groups: [] }] }, /secret/],
  [
    'a password in clear',
    { deliver: { mail: [mail] } },
    /a password is not sent in clear.* \(at `deliver\.mail\[0\]\.security`\)/,
  ],
])('refuses %s, and says where', (_, parts, why) => {
  expect(() => readConfig(fileWith(parts))).toThrow(why);
});

it.each<[string, object, string]>([
  ['a port', { listen: { port: 70_000 } }, '2:3: expected at most 65535, found `70000` (at `listen.port`)'],
  [
    'a warehouse',
    { warehouse: { type: 'oracle' } },
    '10:3: expected `embedded` or `snowflake`, found `oracle` (at `warehouse.type`)',
  ],
  ['a misspelt setting', { lissten: {} }, '12:1: unknown setting `lissten` (at `lissten`)'],
  ['a folder', { data: ['data'] }, '3:1: expected text, found a list (at `data`)'],
])('says line, column, what is expected and what stands there: %s', (_, parts, problem) => {
  const path = fileWith(parts);
  expect(() => readConfig(path)).toThrow(`${path}:${problem}`);
});

it.each<[object]>([
  [{ integrations: [{ name: 'i', secret: 'hunter2', groups: [] }] }],
  [{ deliver: { mail: [{ ...mail, login: 'hunter2' }] } }],
  [{ deliver: { mail: [{ ...mail, login: { user: 'u', password: ['hunter2'] } }] } }],
  [{ deliver: { slack: [{ name: 's', url: 'hunter2' }] } }],
  [{ deliver: { webhooks: [{ name: 's', url: 'https://example.com', secret: 'hunter2' }] } }],
])('repeats no secret that is wrong, in a message that may end in a log: %j', (parts) => {
  const path = fileWith(parts);
  expect(() => readConfig(path)).toThrow(/expected/);
  expect(() => readConfig(path)).not.toThrow(/hunter2/);
});

it('refuses what is not YAML, a file too large, and one that unfolds without measure', () => {
  const path = join(folder, 'broken.yaml');
  writeFileSync(path, 'listen: {\n');
  expect(() => readConfig(path)).toThrow(/broken\.yaml:\d:\d: /);
  writeFileSync(path, '#'.repeat(1024 * 1024 + 1));
  expect(() => readConfig(path)).toThrow('broken.yaml:1:1: expected a file of at most 1 MiB');
  writeFileSync(path, `a: &a x\nb: [${'*a, '.repeat(100)}]`);
  expect(() => readConfig(path)).toThrow('expected at most 100 anchors and aliases');
});

it.each<[string, object]>([
  ['the loopback interface', { listen: { host: '::1' } }],
  ['plain HTTP that is meant', { listen: { host: '0.0.0.0', publicUrl, allowPlainHttp: true } }],
  ['TLS', { listen: { host: '0.0.0.0', publicUrl, tls: { key: 'k', cert: 'c' } } }],
  ['two proxies', { listen: { trustProxy: 2 } }],
  ['proxies by address', { listen: { trustProxy: ['10.0.0.0/8', '::1', 'fd00::/8'] } }],
  ['a secret of 24 bytes', { integrations: [{ name: 'i', secret: secretOf(24), groups: [] }] }],
  ['a password in clear that is meant', { deliver: { mail: [{ ...mail, allowPlaintextPassword: true }] } }],
  ['mail without a password', { deliver: { mail: [{ ...mail, login: null }] } }],
])('takes %s', (_, parts) => {
  expect(() => readConfig(fileWith(parts))).not.toThrow();
});

it('lets doctor list what was said twice', async () => {
  const path = fileWith({
    listen: { host: '0.0.0.0', port: 0, publicUrl, allowPlainHttp: true, trustProxy: 1 },
    deliver: { mail: [{ ...mail, allowPlaintextPassword: true }] },
  });
  const lines: string[] = [];
  await doctorCommand({ config: path, json: false }, (line) => lines.push(line));
  expect(lines.filter((line) => line.startsWith('!'))).toEqual([
    expect.stringContaining('listen.allowPlainHttp: 0.0.0.0 is open without TLS'),
    expect.stringContaining('listen.trustProxy'),
    expect.stringContaining('deliver.mail `m`: its password is sent in clear'),
  ]);
  const refused: string[] = [];
  const config = fileWith({ listen: { host: '0.0.0.0' } });
  expect(await doctorCommand({ config, json: false }, (line) => refused.push(line))).toBe(1);
  expect(refused.join()).toContain('allowPlainHttp');
});
