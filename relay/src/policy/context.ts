import type { Identity } from '../identity/index.ts';
import type { ClientInfo } from '../session/index.ts';
import type { TagLookup } from './tags.ts';
import type { Usage } from './usage.ts';

/** All that a decision depends on beside the policy and the statement. */
export interface DecisionContext {
  readonly identity: Pick<Identity, 'id' | 'issuer' | 'subject' | 'name' | 'groups' | 'kind'>;
  readonly client: Pick<ClientInfo, 'application' | 'protocol' | 'agent'>;
  /** The session's current role, stored name; null for none. */
  readonly state: { readonly role: string | null };
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly usage: Usage;
  /** Tags beside the policy's own patterns: imported, or carried along by flows. */
  readonly tags: TagLookup;
  /** Set when the person calls for break-glass, with their reason. */
  readonly breakGlass: { readonly reason: string } | null;
  /** Whether what runs reads blanks and tokens where the policy says so: a warehouse that cannot makes them void. */
  readonly floor: boolean;
}
