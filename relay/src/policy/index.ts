export type {
  AllowDecision,
  AskDecision,
  AskTerms,
  BlockDecision,
  Decision,
  MaskDecision,
  ResultLimits,
} from './decision.ts';
