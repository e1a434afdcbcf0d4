/** Who asks. `null` groups: nobody that an issuer knows. */
export interface Caller {
  readonly groups: readonly string[] | null;
}

const everything = ['developers', 'owners', 'auditors', 'security', 'keepers', 'monitors'];

export const callers = {
  nobody: { groups: null },
  /** Somebody else with the owner's groups. */
  other: { groups: ['developers'] },
  /** Whose sessions, statements, requests, grants, devices and reviews they are. */
  owner: { groups: ['developers'] },
  approver: { groups: ['owners'] },
  auditor: { groups: ['auditors'] },
  security: { groups: ['security'] },
  keeper: { groups: ['keepers'] },
  /** A workload that is in every group: its token may do much, but it is no person. */
  pipeline: { groups: everything },
  /** A person in every group who was at work here, and is out now. */
  revoked: { groups: everything },
} as const satisfies Readonly<Record<string, Caller>>;

export type Who = keyof typeof callers;

/**
 * What token somebody asks with: the one that they, and their agent, run SQL with; one to decide with; the same of a
 * sign-in that is too old for it. A pipeline has but one.
 */
export type Kind = 'running' | 'deciding' | 'old';
