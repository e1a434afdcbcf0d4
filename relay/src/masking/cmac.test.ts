import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cmacUnder, createCmac, MAC_BYTES } from './cmac.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);

/** As `openssl mac -cipher AES-256-CBC -macopt hexkey:000102... CMAC` says. */
const KNOWN = {
  '': '6bf0a293d8cba0101f0089727691b7fb',
  a: 'af10de8a71dc6aef4c013724bed72a06',
  '0123456789abcde': '50a9b75091dc3ed96bde41ba8da92e1e',
  '0123456789abcdef': '786df98d1adfaca25ab32b515193b28c',
  '0123456789abcdef0': 'bd59cb0de66d0b2b97d59c2c381584b0',
  '0123456789abcdef0123456789abcdef': '1613df6f0643ce5ae6dc5bb72c4c6ac0',
  'Łucja Żak, 北京': '1b6ef1c823f7bf430e9c45f71d09ae88',
};

function macsOf(macs: Uint8Array): string[] {
  return Array.from({ length: macs.length / MAC_BYTES }, (_, index) =>
    Buffer.from(macs.subarray(index * MAC_BYTES, (index + 1) * MAC_BYTES)).toString('hex'),
  );
}

it('is what another program makes of the same texts', () => {
  expect(macsOf(cmacUnder(KEY)(Object.keys(KNOWN)))).toEqual(Object.values(KNOWN));
});

it('of each text depends on no other beside it, however many there are', () => {
  const mac = cmacUnder(KEY);
  const alone = (texts: readonly string[]) => texts.flatMap((text) => macsOf(mac([text])));
  const many = Array.from({ length: 5_000 }, (_, index) => 'x'.repeat(index % 70) + index);
  expect(macsOf(mac(many))).toEqual(alone(many));
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 80 }), { maxLength: 40 }), (texts) => {
      expect(macsOf(mac(texts))).toEqual(alone(texts));
    }),
  );
});

it('is another one for another purpose, and under another secret', () => {
  const of = (secret: number, purpose: string) =>
    macsOf(createCmac(new Uint8Array(32).fill(secret), purpose)(['ada']));
  expect(of(7, 'one')).toEqual(of(7, 'one'));
  expect(new Set([of(7, 'one'), of(7, 'two'), of(8, 'one')].flat()).size).toBe(3);
});
