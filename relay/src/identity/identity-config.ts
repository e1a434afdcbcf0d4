import { z } from 'zod';
import { documentHosts } from './programs/document-address.ts';
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

/**
 * What names a person across issuers: a name of one's own choice, and the claim that says it. Issuers that give the
 * same name mean the same by it. `email` is compared as a mailbox, and has to be verified.
 */
const personClaims = z.record(z.string().regex(/^[a-z][\w-]*$/i, 'a name of letters and digits'), claimPath);

const person = z.strictObject({
  kind: z.literal('person'),
  groupsClaim: claimPath.default(['groups']),
  nameClaim: claimPath.default(['preferred_username']),
  personClaims: personClaims
    .refine((claims) => Object.keys(claims).length > 0, 'name a claim')
    .default({ email: ['email'] }),
  /** That the issuer gives out checked addresses alone, though its tokens do not carry `email_verified`. */
  emailIsVerified: z.boolean().default(false),
});

/** A CI provider's tokens: an identity for each kind of pipeline that a rule names, and for no other. */
const workload = z.strictObject({
  kind: z.literal('workload'),
  /** Who started the pipeline, if that is to count as having asked. */
  personClaims: personClaims.default({}),
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

const clients = z.array(z.string().min(1)).min(1).optional();

/**
 * How to tell a token that was asked for to decide with, by an audience or a scope that no agent's program asks for;
 * `clients`: the only programs that may (`azp` or `client_id`). What decides runs no SQL.
 */
export const deciding = z.union([
  z.strictObject({ audience: z.string().min(1), clients }),
  z.strictObject({ scope: z.string().regex(/^[^\s"\\]+$/, 'one scope'), clients }),
]);

const trusted = z
  .strictObject({
    issuer: issuerUrl,
    audience: z.string().min(1),
    /** Without it, nobody of this issuer may decide. */
    deciding: deciding.nullable().default(null),
    /** How people's programs sign them in here: a public client that may come back to the console's address. */
    signIn: z
      .strictObject({
        clientId: z.string().min(1),
        scope: z.string().default('openid profile email groups'),
        /** Where the issuer has to be told what a token is for (RFC 8707). */
        resource: z.string().nullable().default(null),
      })
      .nullable()
      .default(null),
    /** Where the keys are; by default where the issuer's discovery document says. */
    jwksUri: issuerUrl.optional(),
    algorithms: z.array(algorithms).min(1).default(['RS256', 'ES256', 'PS256', 'EdDSA']),
    claims: z.discriminatedUnion('kind', [person, workload]).default({
      kind: 'person',
      groupsClaim: ['groups'],
      nameClaim: ['preferred_username'],
      personClaims: { email: ['email'] },
      emailIsVerified: false,
    }),
  })
  .refine(({ deciding, claims }) => deciding === null || claims.kind === 'person', {
    path: ['deciding'],
    message: 'a pipeline may not decide',
  })
  .refine(
    ({ deciding, audience }) =>
      deciding === null || !('audience' in deciding) || deciding.audience !== audience,
    {
      path: ['deciding', 'audience'],
      message: 'expected another audience than that of tokens that run SQL',
    },
  );

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
    /**
     * Sign-in of programs that the relay has never heard of, MCP clients above all, at the issuers with `signIn`:
     * null for none. They are sent back to the loopback interface, or to exactly one of these addresses.
     */
    programs: z
      .strictObject({
        redirectUris: z.array(z.url()).default([]),
        /** Hosts whose documents say who programs are, or `any` on the internet; null: none are read. */
        documents: documentHosts.nullable().default(null),
      })
      .nullable()
      .default(null),
    /** Seconds that clocks may differ. */
    clockTolerance: z.int().min(0).max(300).default(30),
    /** Domains of mailboxes where dots before the `@` do not count, such as gmail.com. */
    ignoreDotsAt: z.array(z.string().toLowerCase().min(1)).default([]),
    /** Seconds since `iat` after which a token is refused whatever its `exp` says; a day by default. */
    maxTokenAge: z.int().positive().default(86_400),
  })
  .refine(
    ({ programs, issuers }) =>
      programs === null || issuers.some(({ signIn, claims }) => signIn !== null && claims.kind === 'person'),
    { path: ['programs'], message: 'say with `signIn` of an issuer where people sign in' },
  )
  .refine(
    ({ issuers, saml }) => issuers.length > 0 || saml !== null,
    'trust an issuer, or nobody can sign in',
  );

export type IdentityConfig = z.infer<typeof identityConfig>;
export type TrustedIssuer = IdentityConfig['issuers'][number];
