export type { DetectorName, JsonPathMask, MaskingPolicy, OutputMask } from './masking-policy.ts';
