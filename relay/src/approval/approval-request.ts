import { createHash } from 'node:crypto';
import { canonicalJson } from '@sluice/contract';
import type { AskDecision } from '../policy/index.ts';
import type { Session } from '../session/index.ts';
import { type Catalog, formatObjectName, type Understood } from '@sluice/snowflake-sql';
import type { Binds } from '../warehouse/index.ts';

/** A statement that the policy wants people to decide on. Plain data but for `session`, which stays live. */
export interface ApprovalRequest {
  readonly session: Session;
  /** A UUID, how everybody refers to the statement. */
  readonly queryId: string;
  readonly requestId: string;
  readonly sql: string;
  readonly binds: Binds;
  readonly describeOnly: boolean;
  readonly prompt: { readonly text: string; readonly source: string } | null;
  readonly understanding: Understood;
  readonly decision: AskDecision;
  /** What its names resolved to: `boundObjects`. */
  readonly objects: readonly BoundObject[];
  /**
   * Changes with the session's variables and parameters: a held `... WHERE id = $x` must not run after
   * another statement of the session has set `x` to something else.
   */
  readonly sessionContext: string;
  /** Tables that it reads and that the requester may change without asking anybody. */
  readonly mayChange: readonly string[];
  /** Set when it has been run under an approval or a grant, hit more than `rows`, and was taken back. */
  readonly again: { readonly rows: number } | null;
  /** The session's variables that the text names. */
  readonly variables: readonly NamedVariable[];
  /** False when a bind or variable may be a value of a sensitive column; approvers then see types only. */
  readonly bindsMayBeShown: boolean;
}

export interface NamedVariable {
  readonly name: string;
  /** Null when it was not set to a text, and when it may be a value of a sensitive column. */
  readonly value: string | null;
  /** Columns that its value was computed from. */
  readonly from: readonly string[];
}

export interface BoundObject {
  readonly type: string;
  /** `DB.SCHEMA.NAME` as Snowflake would need it quoted. */
  readonly name: string;
  readonly access: string;
  /** SHA-256 of what the catalog says of the object, hex. */
  readonly fingerprint: string;
}

/** The objects a statement uses, inner statements' too, with a fingerprint of each; sorted, none twice. */
export function boundObjects(meaning: Understood, catalog: Catalog): readonly BoundObject[] {
  const found = new Map<string, BoundObject>();
  const collect = (statement: Understood) => {
    for (const { type, name, access } of statement.objects) {
      const object = {
        type,
        name: formatObjectName(name),
        access,
        fingerprint: fingerprint(catalog.find(name) ?? null),
      };
      found.set(`${object.name} ${type} ${access}`, object);
    }
    for (const inner of statement.inner) if (inner.understood) collect(inner);
  };
  collect(meaning);
  return [...found.keys()].sort().map((key) => found.get(key)!);
}

function fingerprint(object: unknown): string {
  return createHash('sha256').update(canonicalJson(object)).digest('hex');
}
