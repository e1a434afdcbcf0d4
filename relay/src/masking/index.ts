export type { MaskingKeys } from './keys.ts';
export { checkShape, compileMasks, type MaskChunk, maskedColumns, type MaskPlan } from './mask-chunk.ts';
export { maskedSize } from './masked-size.ts';
export type { DetectorName, JsonPathMask, MaskingPolicy, OutputMask } from './masking-policy.ts';
export { maskedRecogniser } from './recognise.ts';
export { findWrittenBack, type WrittenBack } from './written-back.ts';
