export { createMasker, type Masker, type MaskerLimits, type MaskResult } from './masker.ts';
