export type { MaskingKeys } from './keys.ts';
export { checkShape, maskResult, type MaskedResult } from './mask-result.ts';
export type { DetectorName, JsonPathMask, MaskingPolicy, OutputMask } from './masking-policy.ts';
export { maskedRecogniser } from './recognise.ts';
export { findWrittenBack, type WrittenBack } from './written-back.ts';
