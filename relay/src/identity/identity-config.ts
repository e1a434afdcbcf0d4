import { z } from 'zod';
import { issuerUrl } from './safe-url.ts';
import { samlConfig } from './saml/saml-config.ts';

const algorithms = z.enum([
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
]);

/** A path into the claims: keys separated by `.`; a claim whose name holds dots is given as a list. */
const claimPath = z.union([
  z
    .string()
    .min(1)
    .transform((path) => path.split('.')),
  z.array(z.string().min(1)).min(1),
]);

const person = z.strictObject({
  kind: z.literal('person'),
  groupsClaim: claimPath.default(['groups']),
  nameClaim: claimPath.default(['preferred_username']),
});

/** A CI provider's tokens: an identity for each kind of pipeline that a rule names, and for no other. */
const workload = z.strictObject({
  kind: z.literal('workload'),
  rules: z
    .array(
      z.strictObject({
        /** Claims that must all match; `*` in a value stands for any characters. */
        when: z.record(z.string(), z.string()).refine((when) => Object.keys(when).length > 0, 'name a claim'),
        name: z.string().min(1),
        groups: z.array(z.string().min(1)),
      }),
    )
    .min(1),
});

const trusted = z.strictObject({
  issuer: issuerUrl,
  audience: z.string().min(1),
  /** Where the keys are; by default where the issuer's discovery document says. */
  jwksUri: issuerUrl.optional(),
  algorithms: z.array(algorithms).min(1).default(['RS256', 'ES256', 'PS256', 'EdDSA']),
  claims: z.discriminatedUnion('kind', [person, workload]).default({
    kind: 'person',
    groupsClaim: ['groups'],
    nameClaim: ['preferred_username'],
  }),
});

export const identityConfig = z
  .strictObject({
    issuers: z
      .array(trusted)
      .refine(
        (issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length,
        'name each issuer once',
      )
      .default([]),
    /** Sign-in of people by SAML, beside OIDC. */
    saml: samlConfig.nullable().default(null),
    /** Seconds that clocks may differ. */
    clockTolerance: z.int().min(0).max(300).default(30),
    /** Seconds since `iat` after which a token is refused whatever its `exp` says; a day by default. */
    maxTokenAge: z.int().positive().default(86_400),
  })
  .refine(
    ({ issuers, saml }) => issuers.length > 0 || saml !== null,
    'trust an issuer, or nobody can sign in',
  );

export type IdentityConfig = z.infer<typeof identityConfig>;
export type TrustedIssuer = IdentityConfig['issuers'][number];
