import { signatures } from './notation.ts';

export const HASHES = signatures(
  'scalar',
  `
  HASH(any...): integer
  MD5, MD5_HEX, SHA1, SHA1_HEX(text): text
  MD5_BINARY, SHA1_BINARY(text): binary
  MD5_NUMBER, MD5_NUMBER_LOWER64, MD5_NUMBER_UPPER64(text): number
  SHA2, SHA2_HEX(text, number!?): text
  SHA2_BINARY(text, number!?): binary
  ENCRYPT(any!, text!, text!?, text!?): binary
  DECRYPT(binary!, text!, text!?, text!?): binary
  TRY_DECRYPT(binary, text!, text!?, text!?): binary
  TRY_DECRYPT_RAW(binary, binary!, binary!, binary!?, text!?, binary!?): binary
  `,
);
