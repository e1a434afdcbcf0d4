import { unsupported } from '../../errors.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** Digests, and binary values as texts. */
export const hashes: Readonly<Record<string, Rendered>> = {
  MD5_HEX: (args) => `md5(${args.text(0)})`,
  MD5_BINARY: (args) => `unhex(md5(${args.text(0)}))`,
  MD5_NUMBER_LOWER64: (args) => `CAST('0x' || right(md5(${args.text(0)}), 16) AS UBIGINT)`,
  MD5_NUMBER_UPPER64: (args) => `CAST('0x' || left(md5(${args.text(0)}), 16) AS UBIGINT)`,
  SHA1: (args) => `sha1(${args.text(0)})`,
  SHA1_HEX: (args) => `sha1(${args.text(0)})`,
  SHA1_BINARY: (args) => `unhex(sha1(${args.text(0)}))`,
  SHA2: sha2,
  SHA2_HEX: sha2,
  SHA2_BINARY: (args) => `unhex(${sha2(args)})`,
  HEX_DECODE_STRING: (args) => `decode(unhex(${args.text(0)}))`,
  TRY_HEX_DECODE_STRING: (args) => `try(decode(unhex(${args.text(0)})))`,
  HEX_DECODE_BINARY: (args) => `unhex(${args.text(0)})`,
  TRY_HEX_DECODE_BINARY: (args) => `try(unhex(${args.text(0)}))`,
  BASE64_DECODE_STRING: (args) => `decode(from_base64(${withoutAlphabet(args)}))`,
  TRY_BASE64_DECODE_STRING: (args) => `try(decode(from_base64(${withoutAlphabet(args)})))`,
  BASE64_DECODE_BINARY: (args) => `from_base64(${withoutAlphabet(args)})`,
  TRY_BASE64_DECODE_BINARY: (args) => `try(from_base64(${withoutAlphabet(args)}))`,
};

function sha2(args: Arguments): string {
  if (args.count > 1 && args.literal(1) !== '256') throw unsupported('this length of SHA2');
  return `sha256(${args.text(0)})`;
}

function withoutAlphabet(args: Arguments): string {
  if (args.count > 1) throw unsupported('an alphabet of BASE64');
  return args.text(0);
}
