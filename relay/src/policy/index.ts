export type {
  AllowDecision,
  AskDecision,
  AskTerms,
  BlockDecision,
  BreakGlassUse,
  Decision,
  MaskDecision,
  ResultLimits,
} from './decision.ts';
export type { DecisionContext } from './context.ts';
export { decide } from './decide.ts';
export { policyJsonSchema } from './json-schema.ts';
export { formatProblem, loadPolicy, type LoadedPolicy, type PolicyProblem } from './load.ts';
export type { Policy } from './policy.ts';
export { carriedTags, type TaggedColumn } from './carried.ts';
export { rolesOf, type AllowedRoles } from './roles.ts';
export { sameTag, type ColumnTag, type TagLookup } from './tags.ts';
export { NO_USAGE, NO_VOLUME, type Usage, type Volume } from './usage.ts';
