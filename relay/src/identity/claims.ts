import type { JWTPayload } from 'jose';
import { SluiceError } from '../errors.ts';
import { wildcard } from '../wildcard.ts';
import { folded, isVisible } from '../folded.ts';
import type { TrustedIssuer } from './identity-config.ts';
import { mailbox } from './mailbox.ts';
import type { PersonNames } from './identity.ts';

/** What an issuer's claims say of a caller, beside the registered ones. */
export interface CallerClaims {
  readonly name: string;
  readonly person: PersonNames;
  readonly groups: readonly string[];
}

/**
 * Throws `token_untrusted` for a workload that no rule names.
 *
 * @param ignoreDotsAt domains of mailboxes where dots do not count.
 */
export function readClaims(
  issuer: TrustedIssuer,
  subject: string,
  payload: JWTPayload,
  ignoreDotsAt: readonly string[] = [],
): CallerClaims {
  const { claims } = issuer;
  const person = namesOf(issuer, payload, ignoreDotsAt);
  switch (claims.kind) {
    case 'person':
      return {
        name: text(at(payload, claims.nameClaim)) ?? text(payload['email']) ?? subject,
        person,
        groups: texts(at(payload, claims.groupsClaim)),
      };
    case 'workload': {
      const rule = claims.rules.find(({ when }) =>
        Object.entries(when).every(([claim, pattern]) => {
          const value = at(payload, claim.split('.'));
          return typeof value === 'string' && wildcard(pattern)(value);
        }),
      );
      if (rule === undefined) {
        throw new SluiceError('token_untrusted', 'no rule of this issuer covers the workload', {
          advice: 'ask the people who run the relay to add a rule for this repository and branch',
        });
      }
      return { name: rule.name, person, groups: rule.groups };
    }
    default:
      return claims satisfies never;
  }
}

function namesOf(
  { claims }: TrustedIssuer,
  payload: JWTPayload,
  ignoreDotsAt: readonly string[],
): PersonNames {
  // An address that the issuer has not verified is only a claim of the user's own; and so is one of which it says so,
  // whatever is known of its others.
  const said = payload['email_verified'];
  const isVerified =
    said === true || (said === undefined && claims.kind === 'person' && claims.emailIsVerified);
  const names = Object.entries(claims.personClaims).map(([name, path]) => {
    const value = scalar(at(payload, path));
    if (value === null || !isVisible(value)) return [name, null];
    // One issuer's number has no zeros before it, where another's text has.
    if (name !== 'email') return [name, folded(value).replace(/^0+(?=\d+$)/, '')];
    return [name, isVerified ? mailbox(value, ignoreDotsAt) : null];
  });
  return Object.fromEntries(names) as PersonNames;
}

/** Employee numbers may well be numbers. */
function scalar(value: unknown): string | null {
  return Number.isSafeInteger(value) ? String(value) : text(value);
}

function at(payload: JWTPayload, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    payload,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Some issuers send a list of one as the one. */
function texts(value: unknown): readonly string[] {
  if (typeof value === 'string' && value !== '') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
