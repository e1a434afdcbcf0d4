/** How one output column's values are changed before they leave the relay. */
export type MaskingPolicy =
  | { readonly method: 'redact' }
  | { readonly method: 'null' }
  | { readonly method: 'constant'; readonly value: string }
  | { readonly method: 'partial'; readonly keepFirst: number; readonly keepLast: number }
  /** Equal values in one domain get equal tokens. The same value gets different tokens in different domains. */
  | { readonly method: 'token'; readonly domain: string }
  | { readonly method: 'date'; readonly to: 'month' | 'quarter' | 'year' }
  | { readonly method: 'number'; readonly step: number }
  | { readonly method: 'json'; readonly paths: readonly JsonPathMask[] }
  | { readonly method: 'detect'; readonly detectors: readonly DetectorName[] };

/** Masks the value at one path of a VARIANT. `'*'` matches any array element or key. */
export interface JsonPathMask {
  readonly path: readonly string[];
  readonly policy: MaskingPolicy;
}

export type DetectorName =
  'card_number' | 'us_ssn' | 'iban' | 'email' | 'phone' | 'national_id' | 'secret_key' | 'jwt';

/** A masking policy on one output column, by its 0-based position. */
export interface OutputMask {
  readonly output: number;
  readonly policy: MaskingPolicy;
  /** The reason, for the record: the column, tag or missing column lineage that requires the mask. Holds no values. */
  readonly because: string;
}
