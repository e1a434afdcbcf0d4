import { expect, it } from 'vitest';
import { mayFollow } from './link-check.ts';

const account = 'https://myorg-shop.snowflakecomputing.com';
const here = 'http://127.0.0.1:8765';
const hosts = ['*.s3.us-west-2.amazonaws.com', 'stage.blob.core.windows.net'];

it.each([
  ['https://sfc-1.s3.us-west-2.amazonaws.com/results/1?sig=x', account, null, true],
  ['https://sfc-1.s3.us-west-2.amazonaws.com/results/1?sig=x', account, hosts, true],
  ['https://stage.blob.core.windows.net/1', account, hosts, true],
  ['https://myorg-shop.snowflakecomputing.com/chunk/1', account, hosts, true],
  ['https://evil.example/1', account, hosts, false],
  ['https://s3.us-west-2.amazonaws.com.evil.example/1', account, hosts, false],
  ['https://evils3.us-west-2.amazonaws.com/1', account, hosts, false],
  ['https://x.stage.blob.core.windows.net/1', account, hosts, false],
  ['http://sfc-1.s3.us-west-2.amazonaws.com/1', account, null, false],
  ['http://sfc-1.s3.us-west-2.amazonaws.com/1', account, hosts, false],
  ['https://user:word@sfc-1.s3.us-west-2.amazonaws.com/1', account, null, false],
  ['https://169.254.169.254/latest/meta-data', account, null, false],
  ['https://[fd00::1]/1', account, null, false],
  ['https://2852039166/1', account, null, false],
  ['https://localhost/1', account, null, false],
  ['http://127.0.0.1:9000/1', account, null, false],
  ['https://intranet/1', account, null, false],
  ['file:///etc/passwd', account, null, false],
  ['data:text/plain,x', account, null, false],
  ['/queries/1', account, null, false],
  ['http://127.0.0.1:9000/1', here, null, true],
  ['http://localhost:9000/1', here, hosts, true],
  ['http://10.0.0.1/1', here, null, false],
  ['http://127.0.0.1.evil.example/1', here, null, false],
])('a link to %s from %s, with %j: %s', (link, from, only, may) => {
  expect(mayFollow(link, { account: from, hosts: only })).toBe(may);
});
