export type {
  AllowDecision,
  AskDecision,
  AskTerms,
  BlockDecision,
  BreakGlassUse,
  ComputedOn,
  DecidedReason,
  Decision,
  MaskDecision,
  ResultLimits,
  Substituted,
} from './decision.ts';
export { GRANT_ROWS } from './decision.ts';
export type { DecisionContext } from './context.ts';
export { mayChangeOf } from './may-change.ts';
export { knownNamesIn, mayKnowOf, mayKnowOfPlace } from './may-know-of.ts';
export { decide, decideWithFloor, type DecisionWithFloor } from './decide.ts';
export { groupsForRule } from './groups-for-rule.ts';
export { policyJsonSchema } from './json-schema.ts';
export { loadPolicy, type LoadedPolicy } from './load.ts';
export { type OutlinedRule, outlineOf, type PolicyOutline } from './outline.ts';
export { ANY_NAME } from './patterns.ts';
export type { Policy } from './policy.ts';
export { columnShown, functionShown, nameShown, objectShown } from './names.ts';
export { carriedTags, type TaggedColumn, withTags } from './carried.ts';
export { rolesOf, type AllowedRoles } from './roles.ts';
export { rulesNaming } from './rules-naming.ts';
export { rulesOnTag } from './rules-on-tag.ts';
export { sensitivityOf } from './sensitivity.ts';
export { sameTag, type ColumnTag, type TagLookup } from './tags.ts';
export { toldTags } from './told-tags.ts';
export { NO_USAGE, NO_VOLUME, type Usage, type Volume } from './usage.ts';
