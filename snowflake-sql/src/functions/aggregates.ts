import { signatures } from './notation.ts';

export const COUNT = signatures('count', 'COUNT(any...): integer');

/** A result over many rows may exceed the range of numbers, and an aggregation state may be invalid. */
const NUMBERS = signatures(
  'aggregate',
  `
  SUM, AVG(number!): number
  MEDIAN(number): number
  PERCENTILE_CONT, PERCENTILE_DISC(number!): unknown
  STDDEV, STDDEV_POP, STDDEV_SAMP, VARIANCE, VARIANCE_POP, VARIANCE_SAMP, VAR_POP, VAR_SAMP, KURTOSIS, SKEW,
    SKEWNESS(number!): float
  CORR, COVAR_POP, COVAR_SAMP, REGR_AVGX, REGR_AVGY, REGR_INTERCEPT, REGR_R2, REGR_SLOPE, REGR_SXX, REGR_SXY,
    REGR_SYY(number!, number!): float
  REGR_COUNT(number, number): integer
  BITAND_AGG, BIT_AND_AGG, BITOR_AGG, BIT_OR_AGG, BITXOR_AGG, BIT_XOR_AGG, BITANDAGG, BIT_ANDAGG, BITORAGG, BIT_ORAGG,
    BITXORAGG, BIT_XORAGG(any!): unknown
  BITMAP_CONSTRUCT_AGG(number!): binary
  BITMAP_OR_AGG(binary!): binary
  VECTOR_AVG, VECTOR_MAX, VECTOR_MIN, VECTOR_SUM(vector!): vector
  `,
);

const CHOICES = signatures(
  'aggregate',
  `
  MAX, MIN, ANY_VALUE, MODE(any): first
  -- So many may be too long together.
  MAX_BY, MIN_BY(any, any) | (any!, any, number!): unknown
  COUNT_IF(boolean): integer
  BOOLAND_AGG, BOOLOR_AGG, BOOLXOR_AGG(boolean): boolean
  GROUPING, GROUPING_ID(any...): integer
  HASH_AGG(any...): integer
  -- All of them together may be too long.
  LISTAGG, STRING_AGG(text!, text!?): text
  ARRAY_AGG, ARRAYAGG, ARRAY_UNIQUE_AGG(any!): variant
  ARRAY_UNION_AGG(variant!): variant
  -- A key that is there twice fails.
  OBJECT_AGG, OBJECTAGG(text!, any!): variant
  ST_UNION_AGG, ST_INTERSECTION_AGG(geo!): geo
  `,
);

const ESTIMATES = signatures(
  'aggregate',
  `
  APPROX_COUNT_DISTINCT, HLL(any...): integer
  HLL_ACCUMULATE(any...): binary
  HLL_COMBINE(binary!): binary
  HLL_ESTIMATE(binary!): integer
  HLL_EXPORT(binary!): variant
  HLL_IMPORT(variant!): binary
  DATASKETCHES_HLL(any!, number!?): float
  DATASKETCHES_HLL_ACCUMULATE(any!, number!?): binary
  DATASKETCHES_HLL_COMBINE(binary!, number!?): binary
  DATASKETCHES_HLL_ESTIMATE(binary!): float
  APPROX_PERCENTILE(number, number!): float
  APPROX_PERCENTILE_ACCUMULATE(number): variant
  APPROX_PERCENTILE_COMBINE(variant!): variant
  APPROX_PERCENTILE_ESTIMATE(variant!, number!): float
  APPROX_TOP_K(any!, number!?, number!?): variant
  APPROX_TOP_K_ACCUMULATE(any, number!): variant
  APPROX_TOP_K_COMBINE(variant!, number!?): variant
  APPROX_TOP_K_ESTIMATE(variant!, number!?): variant
  MINHASH(number!, any...): variant
  MINHASH_COMBINE(variant!): variant
  APPROXIMATE_SIMILARITY, APPROXIMATE_JACCARD_INDEX(variant!): float
  `,
);

export const AGGREGATES = [...NUMBERS, ...CHOICES, ...ESTIMATES];
