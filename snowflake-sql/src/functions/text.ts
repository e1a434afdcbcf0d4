import { signatures } from './notation.ts';

/**
 * Any text is valid. A call can fail for a count, position or size that is not a small integer, or for an invalid
 * option. Results that may grow too long are checked separately (growth.ts).
 */
export const TEXT = signatures(
  'scalar',
  `
  UPPER, LOWER, REVERSE, SOUNDEX, SOUNDEX_P123(text): text
  INITCAP(text, text?): text
  LENGTH, LEN, BIT_LENGTH, OCTET_LENGTH, RTRIMMED_LENGTH, ASCII, UNICODE(text): integer
  TRIM, LTRIM, RTRIM(text, text?): text
  CONCAT(text...): text
  CONCAT_WS(text, text...): text
  REPLACE(text, text, text?): text
  TRANSLATE(text, text, text): text
  CONTAINS, STARTSWITH, ENDSWITH(text, text): boolean
  POSITION, CHARINDEX(text, text, number!?): integer
  -- Two long texts take too long to compare.
  EDITDISTANCE(text!, text!, number!?): integer
  JAROWINKLER_SIMILARITY(text!, text!): integer
  LEFT, RIGHT(text, number!): text
  SUBSTR, SUBSTRING(text, number!, number!?): text
  SPLIT_PART(text, text, number!): text
  SPLIT(text, text): variant
  STRTOK(text, text?, number!?): text
  STRTOK_TO_ARRAY(text, text?): variant
  INSERT(text, number!, number!, text): text
  -- Whether there is room for the padding depends on all three.
  LPAD, RPAD(text!, number!, text!?): text
  REPEAT(text!, number!): text
  SPACE(number!): text
  CHR, CHAR(number!): text
  COLLATE(text, text!): text
  COLLATION(text): text
  -- One fails when the separator is in the value.
  SYS_CONNECT_BY_PATH(text!, text!): text
  PARSE_IP(text!, text!, number!?): variant
  PARSE_URL(text!, number!?): variant
  SEARCH(any, text!, ANALYZER => text!?, SEARCH_MODE => text!?): boolean
  SEARCH_IP(any, text!): boolean
  `,
);
