import type { SignInTerms } from '../identity/index.ts';
import type { DetectorName, MaskingPolicy } from '../masking/index.ts';
import type { ColumnRef, ObjectAccess, ObjectName, ObjectType, UseKind } from '@sluice/snowflake-sql';
import type { DecisionContext } from './context.ts';
import type { ShownText } from '../text/index.ts';
import type { AskTerms } from './decision.ts';
import type { ColumnTag, TagLookup } from './tags.ts';
import type { Hours, WallClock } from './hours.ts';
import type { ObjectPattern } from './patterns.ts';

/** A policy ready to decide with: every name resolved, every pattern compiled. Immutable. */
export interface Policy {
  /** SHA-256 of the file's text, lower-case hex. */
  readonly version: string;
  /** The file's text, which all of the rest is made of: functions do not go to another thread. */
  readonly text: string;
  readonly timezone: string;
  readonly wallClock: (now: number) => WallClock;
  readonly rules: readonly Rule[];
  /** For deciding on anything that no rule asks about: devices, revocations, break-glass. */
  readonly signIn: SignInTerms;
  readonly limits: readonly Limit[];
  readonly breakGlass: readonly BreakGlassEntry[];
  readonly roles: readonly RoleMapping[] | null;
  readonly defaults: Defaults;
  readonly tagMasks: ReadonlyMap<string, TagMask>;
  readonly columnMasks: readonly {
    readonly matches: (column: ColumnRef) => boolean;
    readonly mask: TagMask;
  }[];
  /** Tags of a column, from the policy's own patterns and from what is known besides. */
  readonly tagsOf: (column: ColumnRef, other: TagLookup) => readonly ColumnTag[];
  /** What a tag of Snowflake's own, imported or read, stands for here; empty when nothing. */
  readonly importedTags: (name: string, value: string) => readonly string[];
  /** Whether a user-defined function was declared a pure function of its arguments. */
  readonly declared: (name: ObjectName) => boolean;
}

export interface TagMask {
  readonly policy: MaskingPolicy;
  readonly expressions: 'redact' | 'mask';
  readonly aggregates: 'redact' | 'mask' | 'allow';
  /** Uses that nobody need be asked about, because they run on something else than the values. */
  readonly uses: ReadonlyMap<UseKind, Substitute>;
}

/** Tokens keep which values are equal; a blank is the same for all of them. NULL stays NULL in both. */
export type Substitute = 'token' | 'blank';

export interface Defaults {
  readonly uses: 'block' | 'ask';
  readonly flows: 'block' | 'ask';
  readonly opaque: 'block' | 'ask';
  readonly unresolved: 'redact' | 'block' | 'ask' | { readonly detect: readonly DetectorName[] };
  /** Set whenever one of the above is `ask`. */
  readonly ask: AskTerms | null;
}

export type Rule = AllowRule | MaskRule | AskRule | BlockRule;

interface RuleBase {
  readonly name: string;
  readonly reason: ShownText;
  readonly who: Who;
  readonly what: What;
}
export interface AllowRule extends RuleBase {
  readonly effect: 'allow';
  readonly reveals: (tag: string) => boolean;
}
export interface MaskRule extends RuleBase {
  readonly effect: 'mask';
  readonly masks: ReadonlyMap<string, TagMask>;
}
export interface AskRule extends RuleBase {
  readonly effect: 'ask';
  readonly ask: AskTerms;
}
export interface BlockRule extends RuleBase {
  readonly effect: 'block';
}

type Test = (text: string) => boolean;

/** What people are named by. */
export type Named = DecisionContext['identity'];

/** Conditions on who asks, from what, when, with which kind of statement; an absent one is always met. */
export interface Who {
  readonly groups?: Test;
  readonly people?: (who: Named) => boolean;
  readonly identities?: readonly ('person' | 'workload')[];
  readonly applications?: Test;
  readonly agents?: Test;
  readonly protocols?: readonly string[];
  readonly during?: Hours;
  readonly outside?: Hours;
  readonly kinds?: Test;
}

/** Conditions on what the statement does. */
export interface What {
  readonly objects?: readonly ObjectCondition[];
  readonly reads?: Test;
  readonly uses?: readonly { readonly tags: Test; readonly as: readonly UseKind[] | null }[];
  readonly flows?: readonly { readonly tags: Test; readonly to: readonly FlowTo[] | null }[];
  readonly functions?: Test;
  readonly missingWhere?: true;
  readonly opaque?: true;
  readonly unresolved?: true;
}

export interface ObjectCondition {
  readonly names: readonly ObjectPattern[];
  readonly access: readonly ObjectAccess[] | null;
  readonly types: readonly ObjectType[] | null;
}

export type FlowTo = 'column' | 'location' | 'variable';

export interface Limit {
  readonly name: string;
  readonly who: Who;
  readonly per: 'statement' | 'session' | 'day';
  readonly rows: number | null;
  readonly bytes: number | null;
  /** Who may let more out; null when nobody may. */
  readonly ask: AskTerms | null;
}

export interface RoleMapping {
  readonly groups: Test;
  readonly roles: readonly string[];
  readonly default: string | null;
}

export interface BreakGlassEntry {
  readonly name: string;
  readonly who: Who;
  readonly lifts: readonly ('ask' | 'block')[];
  readonly reveals: Test;
}
