import type { SignInTerms } from '../identity/index.ts';
import type { OutputMask } from '../masking/index.ts';
import type { SourceRange } from '@sluice/snowflake-sql';
import type { ShownText } from '../text/index.ts';

/** What the policy says of one statement. Precedence: block over ask over mask over allow. */
export type Decision = AllowDecision | MaskDecision | AskDecision | BlockDecision;

interface DecisionBase {
  /** The name of the rule that decided; `default` when none matched. */
  readonly rule: string;
  /** The rule's own words, for the requester. */
  readonly reason: ShownText;
  /** Where in the SQL text the reason lies. */
  readonly range: SourceRange;
  /** What would happen, in one plain sentence that a person can approve on. */
  readonly sentence: ShownText;
  /** The policy's content hash: an approval under another version is void. */
  readonly policyVersion: string;
  /** Set when break-glass lifted what the rules said: shown everywhere, recorded, reviewed afterwards. */
  readonly breakGlass?: BreakGlassUse;
}

export interface BreakGlassUse {
  /** The break-glass entry that was used. */
  readonly entry: string;
  /** The person's own words for why. */
  readonly reason: string;
  /** The rule that would have decided, and how. */
  readonly lifted: { readonly rule: string; readonly effect: 'mask' | 'ask' | 'block' };
}

interface RunDecision extends DecisionBase {
  readonly limits: ResultLimits;
  /** Set when something of the result is not computed on values: whoever reads it must be told. */
  readonly computedOn?: ComputedOn;
}

/** What stands in for values that the person may not see: tokens tell which are equal, blanks tell nothing. */
export interface Substituted {
  readonly on: 'tokens' | 'blanks';
  /** The columns, with their tags. */
  readonly because: ShownText;
}

export interface ComputedOn {
  /** By what the rows were grouped, joined or chosen, if not by values. */
  readonly rows: Substituted | null;
  readonly outputs: readonly (Substituted & { readonly output: number })[];
}

/** One of the reasons for which a statement does not run unasked. */
export interface DecidedReason {
  readonly effect: 'ask' | 'block';
  readonly rule: string;
  readonly reason: ShownText;
  readonly range: SourceRange;
  readonly advice?: ShownText;
}

/** A mask whose grounds people may read. */
export interface DecidedMask extends OutputMask {
  readonly because: ShownText;
  /** The rule of effect `mask` that chose it; null, or absent, for the policy's general `masks`. */
  readonly rule?: string | null;
}

export interface AllowDecision extends RunDecision {
  readonly effect: 'allow';
}

export interface MaskDecision extends RunDecision {
  readonly effect: 'mask';
  readonly masks: readonly DecidedMask[];
}

export interface AskDecision extends RunDecision {
  readonly effect: 'ask';
  readonly ask: AskTerms;
  /** Applies to the result after approval just as without. */
  readonly masks: readonly DecidedMask[];
  /** A form of the statement that needs nobody's word; absent where there is none to name. */
  readonly advice?: ShownText;
  /** Every reason, as far as whoever asks may be told; absent when the decision's own is the only one. */
  readonly reasons?: readonly DecidedReason[];
}

export interface BlockDecision extends DecisionBase {
  readonly effect: 'block';
  /** A form of the statement that would pass; absent if none can be named. */
  readonly advice?: ShownText;
  /** As of what people are asked about. */
  readonly reasons?: readonly DecidedReason[];
}

/** Who may approve, and for how long the request and then the approval stand. */
export interface AskTerms {
  /** Groups, any member of which may decide; never the requester. */
  readonly approvers: readonly string[];
  /** How many different people must approve. */
  readonly needed: number;
  /** How long the request waits before it expires. */
  readonly expiresAfterSeconds: number;
  /** From the last approval; the statement must start within it. */
  readonly validForSeconds: number;
  /** Groups asked as well when nobody has decided by then. */
  readonly escalate: { readonly afterSeconds: number; readonly to: readonly string[] } | null;
  /** Whether each decision must carry an enrolled device's signature. */
  readonly signed: boolean;
  /** How recently, and how, whoever decides must have signed in. */
  readonly signIn: SignInTerms;
  /** The longest that approvers may let like statements run for with one answer; absent: no such grants. */
  readonly grantUpToSeconds?: number;
  /** Rows at most that all statements under one grant may change or return; absent: `GRANT_ROWS`. */
  readonly grantRows?: number;
  /** The longest that access may last that is asked for ahead; absent: none may be asked for. */
  readonly accessUpToSeconds?: number;
}

/** The default where a policy permits grants without a number: enough for a morning's work, too few for a whole table. */
export const GRANT_ROWS = 1_000;

/** The maximum size of a result; absent means no limit. A result that would exceed it is stopped midway. */
export interface ResultLimits {
  readonly maxRows?: number;
  /** Of the cells' text. */
  readonly maxBytes?: number;
  /** The limit's name, for the message when it stops a result. */
  readonly rule?: string;
}
