import { signatures } from './notation.ts';

/** Reading a VARIANT as something it is not gives NULL rather than an error. A path or a key can be invalid. */
const ACCESS = signatures(
  'scalar',
  `
  GET(variant, any!): variant
  GET_IGNORE_CASE(variant, text!): variant
  GET_PATH(variant, text!): variant
  JSON_EXTRACT_PATH_TEXT(text!, text!): text
  XMLGET(variant, text!, number!?): variant
  ARRAY_SIZE(variant): integer
  STRIP_NULL_VALUE(variant): variant
  TYPEOF, SYSTEM$TYPEOF(any): text
  IS_ARRAY, IS_BINARY, IS_BOOLEAN, IS_CHAR, IS_VARCHAR, IS_DATE, IS_DATE_VALUE, IS_DECIMAL, IS_DOUBLE, IS_REAL,
    IS_INTEGER, IS_NULL_VALUE, IS_OBJECT, IS_TIME, IS_TIMESTAMP_LTZ, IS_TIMESTAMP_NTZ, IS_TIMESTAMP_TZ(variant): boolean
  AS_ARRAY, AS_OBJECT(variant): variant
  AS_BINARY(variant): binary
  AS_BOOLEAN(variant): boolean
  AS_CHAR, AS_VARCHAR(variant): text
  AS_DATE, AS_TIME, AS_TIMESTAMP_LTZ, AS_TIMESTAMP_NTZ, AS_TIMESTAMP_TZ(variant): time
  AS_DECIMAL, AS_NUMBER(variant) | (variant!, number!, number!?): number
  AS_DOUBLE, AS_REAL(variant): float
  AS_INTEGER(variant): number
  `,
);

const DOCUMENTS = signatures(
  'scalar',
  `
  PARSE_JSON(text!, text!?): variant
  TRY_PARSE_JSON(text, text!?): variant
  CHECK_JSON(text): text
  PARSE_XML(text!, boolean?): variant
  CHECK_XML(text, boolean?): text
  TO_JSON(variant): text
  TO_XML(variant!): text
  TO_VARIANT, TO_ARRAY(any): variant
  TO_OBJECT(variant!): variant
  `,
);

/** Most of these functions fail for a VARIANT that is not an ARRAY, and for a position that is not a small integer. */
const ARRAYS = signatures(
  'scalar',
  `
  ARRAY_CONSTRUCT, ARRAY_CONSTRUCT_COMPACT(any...?): variant
  ARRAY_GENERATE_RANGE(number!, number!, number!?): variant
  ARRAY_APPEND, ARRAY_PREPEND, ARRAY_REMOVE(variant!, any): variant
  ARRAY_CAT, ARRAY_EXCEPT, ARRAY_INTERSECTION(variant!, variant!): variant
  ARRAYS_OVERLAP(variant!, variant!): boolean
  ARRAY_COMPACT, ARRAY_DISTINCT, ARRAY_FLATTEN, ARRAY_MAX, ARRAY_MIN, ARRAY_REVERSE(variant!): variant
  ARRAY_CONTAINS(any, variant!): boolean
  ARRAY_POSITION(any, variant!): integer
  ARRAY_SORT(variant!, boolean!?, boolean!?): variant
  ARRAY_TO_STRING(variant!, text): text
  ARRAY_INSERT(variant!, number!, any): variant
  ARRAY_REMOVE_AT(variant!, number!): variant
  ARRAY_SLICE(variant!, number!, number!): variant
  ARRAYS_TO_OBJECT(variant!, variant!): variant
  ARRAYS_ZIP(variant!...): variant
  `,
);

/** These functions fail for duplicate or invalid keys, and for a VARIANT that is not an OBJECT or a MAP. */
const OBJECTS = signatures(
  'scalar',
  `
  OBJECT_CONSTRUCT, OBJECT_CONSTRUCT_KEEP_NULL((text!, any)...?): variant
  OBJECT_INSERT(variant!, text!, any, boolean!?): variant
  OBJECT_DELETE, OBJECT_PICK(variant!, any!...): variant
  OBJECT_KEYS(variant!): variant
  MAP_CAT(variant!, variant!): variant
  MAP_CONTAINS_KEY(any!, variant!): boolean
  MAP_DELETE, MAP_PICK(variant!, any!...): variant
  MAP_INSERT(variant!, any!, any!, boolean!?): variant
  MAP_KEYS(variant!): variant
  MAP_SIZE(variant!): integer
  `,
);

/** These functions fail for a value that is not an array, and a lambda may return something other than a boolean. */
const LAMBDAS = signatures(
  'scalar',
  `
  -- What a lambda makes, or reads on the way, may be too long for so many items.
  FILTER(variant!, boolean lambda!): variant
  TRANSFORM(variant!, lambda!): variant
  REDUCE(variant!, any!, lambda!): unknown
  `,
);

export const SEMI_STRUCTURED = [...ACCESS, ...DOCUMENTS, ...ARRAYS, ...OBJECTS, ...LAMBDAS];
