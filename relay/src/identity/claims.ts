import type { JWTPayload } from 'jose';
import { SluiceError } from '../errors.ts';
import { wildcard } from '../wildcard.ts';
import type { TrustedIssuer } from './identity-config.ts';

/** What an issuer's claims say of a caller, beside the registered ones. */
export interface CallerClaims {
  readonly name: string;
  readonly email: string | null;
  readonly groups: readonly string[];
}

/** Throws `token_untrusted` for a workload that no rule names. */
export function readClaims(issuer: TrustedIssuer, subject: string, payload: JWTPayload): CallerClaims {
  const { claims } = issuer;
  switch (claims.kind) {
    case 'person':
      return {
        name: text(at(payload, claims.nameClaim)) ?? text(payload['email']) ?? subject,
        // An address that the issuer has not verified is only a claim of the user's own.
        email: payload['email_verified'] === true ? text(payload['email']) : null,
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
      return { name: rule.name, email: null, groups: rule.groups };
    }
    default:
      return claims satisfies never;
  }
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
