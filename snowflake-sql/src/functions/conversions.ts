import { signatures } from './notation.ts';

/**
 * A conversion from text, or to a number with its own precision, can fail. A TRY_ function gives NULL instead, except
 * when the format is invalid. Where an argument has a family and no `!`, only values of other families can fail.
 */
export const CONVERSIONS = signatures(
  'scalar',
  `
  CAST(any!): unknown
  TRY_CAST(any): unknown
  TO_CHAR, TO_VARCHAR(any) | (any!, text!): text
  TO_NUMBER, TO_DECIMAL, TO_NUMERIC(any!, any!?, number!?, number!?): number
  TRY_TO_NUMBER, TRY_TO_DECIMAL, TRY_TO_NUMERIC(any, any!?, number!?, number!?): number
  TO_DOUBLE(number, text!?): float
  TRY_TO_DOUBLE(any, text!?): float
  TO_DECFLOAT(any!, text!?): float
  TRY_TO_DECFLOAT(any, text!?): float
  TO_BOOLEAN(boolean): boolean
  TRY_TO_BOOLEAN(any): boolean
  -- A time of day is on no date.
  TO_DATE, DATE(time!, text!?): time
  TRY_TO_DATE(any, text!?): time
  TO_TIME, TIME(time!, text!?): time
  TRY_TO_TIME(any, text!?): time
  TO_TIMESTAMP, TO_TIMESTAMP_NTZ, TO_TIMESTAMP_LTZ, TO_TIMESTAMP_TZ(any!, any!?): time
  TRY_TO_TIMESTAMP, TRY_TO_TIMESTAMP_NTZ, TRY_TO_TIMESTAMP_LTZ, TRY_TO_TIMESTAMP_TZ(any, any!?): time
  TO_BINARY(any!, text!?): binary
  TRY_TO_BINARY(any, text!?): binary
  HEX_ENCODE(text, number!?): text
  HEX_DECODE_STRING(text!): text
  HEX_DECODE_BINARY(text!): binary
  TRY_HEX_DECODE_STRING(text): text
  TRY_HEX_DECODE_BINARY(text): binary
  BASE64_ENCODE(text, number!?, text!?): text
  BASE64_DECODE_STRING(text!, text!?): text
  BASE64_DECODE_BINARY(text!, text!?): binary
  TRY_BASE64_DECODE_STRING(text, text!?): text
  TRY_BASE64_DECODE_BINARY(text, text!?): binary
  COMPRESS(text, text!): binary
  DECOMPRESS_STRING(binary!, text!): text
  DECOMPRESS_BINARY(binary!, text!): binary
  `,
);
