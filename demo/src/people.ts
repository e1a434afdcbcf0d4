/** Somebody who can sign in at the local issuer. */
export interface LocalPerson {
  /** The token's `sub`, and what a person types. */
  readonly subject: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
}

/** The demo's people: docs and the tour speak of them by these names. */
export const demoPeople: readonly LocalPerson[] = [
  { subject: 'ada', name: 'Ada (developer)', email: 'ada@sluice.example', groups: ['developers'] },
  { subject: 'grace', name: 'Grace (data lead)', email: 'grace@sluice.example', groups: ['data-leads'] },
  { subject: 'alan', name: 'Alan (security)', email: 'alan@sluice.example', groups: ['security'] },
  {
    subject: 'mallory',
    name: 'Mallory (contractor)',
    email: 'mallory@contractor.example',
    groups: ['developers', 'contractors'],
  },
];
