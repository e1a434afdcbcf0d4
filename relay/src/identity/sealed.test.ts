import { CompactEncrypt, EncryptJWT, SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createSealed } from './sealed.ts';

const NOW = 1_800_000_000_000;
const key = new Uint8Array(32).fill(7);
const sealedAt = (time: number, change: { key?: Uint8Array; longest?: number } = {}) =>
  createSealed({ key, schema: z.object({ a: z.string() }), lifetimeMs: 60_000, now: () => time, ...change });
const sealed = sealedAt(NOW);

it('is opened for as long as it is good for, and says nothing to anybody else', async () => {
  const text = await sealed.seal({ a: 'secret' });
  expect(await sealedAt(NOW + 59_999).open(text)).toEqual({ a: 'secret' });
  expect(await sealedAt(NOW + 60_000).open(text)).toBeNull();
  expect(await sealedAt(NOW, { key: new Uint8Array(32).fill(8) }).open(text)).toBeNull();
  const short = await sealed.seal({ a: 'secret' }, 1_000);
  expect([await sealed.open(short), await sealedAt(NOW + 1_000).open(short)]).toEqual([
    { a: 'secret' },
    null,
  ]);
});

it('is nothing with a character of it changed, or more of them than anything has', async () => {
  const text = await sealed.seal({ a: 'secret' });
  const at = Math.floor(text.length / 2);
  const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
  expect(await sealed.open(changed)).toBeNull();
  expect(await sealedAt(NOW, { longest: text.length }).open(text)).toEqual({ a: 'secret' });
  expect(await sealedAt(NOW, { longest: text.length - 1 }).open(text)).toBeNull();
  const long = await sealed.seal({ a: 'x'.repeat(4_096) });
  expect(await sealed.open(long)).toBeNull();
});

it('is in one form', async () => {
  const claims = { a: 'secret', exp: NOW / 1_000 + 60 };
  const header = { alg: 'dir', enc: 'A256GCM' };
  const timeless = new EncryptJWT({ a: 'secret' }).setProtectedHeader(header);
  const shapeless = new EncryptJWT({ b: 1, exp: claims.exp }).setProtectedHeader(header);
  const wrapped = new EncryptJWT(claims).setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM' });
  const slow = new EncryptJWT(claims).setProtectedHeader({ alg: 'dir', enc: 'A128CBC-HS256' });
  const text = new CompactEncrypt(Buffer.from('secret')).setProtectedHeader(header);
  const readable = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' });
  const known = new EncryptJWT(claims).setProtectedHeader(header);
  expect(await sealed.open(await known.encrypt(key))).toEqual({ a: 'secret' });
  for (const made of [timeless, shapeless, wrapped, slow, text]) {
    expect(await sealed.open(await made.encrypt(key))).toBeNull();
  }
  for (const made of [await readable.sign(key), '', 'a.b.c', '.'.repeat(4)]) {
    expect(await sealed.open(made)).toBeNull();
  }
});
