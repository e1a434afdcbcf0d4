import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { issuerUrl } from '../safe-url.ts';

/** SAML 2.0 sign-in (web browser SSO profile) at one identity provider. */
export const samlConfig = z.strictObject({
  identityProvider: z.strictObject({
    entityId: z.string().min(1),
    /** Single sign-on service, HTTP-Redirect binding. */
    signInUrl: issuerUrl,
    /** Signing certificates or public keys, PEM; several while the provider rotates them. */
    certificates: z.array(z.string().refine(isStrongRsa, 'give RSA, 2048 bits or more, in PEM')).min(1),
  }),
  /** Names of the attributes that say who it is. */
  attributes: z
    .strictObject({
      /** The name id, when null. */
      name: z.string().min(1).nullable().default(null),
      /** Null when the provider gives no address: people are then not compared by it. */
      email: z.string().min(1).nullable().default('email'),
      groups: z.string().min(1).default('groups'),
      /** What else names a person across issuers (`personClaims` of an issuer): attributes, or `NameID`. */
      person: z
        .record(z.string().regex(/^[a-z][\w-]*$/i), z.string().min(1))
        .refine((names) => !Object.hasOwn(names, 'email'), 'the address has a place of its own')
        .default({}),
    })
    .default({ name: null, email: 'email', groups: 'groups', person: {} })
    .refine(({ email, person }) => email !== null || Object.keys(person).length > 0, {
      path: ['person'],
      message: 'name something to know people by, when there is no address',
    }),
  /** Seconds that a sign-in lasts; shorter when the provider says so. */
  tokenLifetime: z.int().min(60).max(43_200).default(3_600),
  /** Where programs may have people sent back to, exactly, beside any port of the loopback interface. */
  redirectUris: z.array(z.url()).default([]),
});

export type SamlConfig = z.infer<typeof samlConfig>;

/** What the relay's own tokens name people by, after a SAML sign-in. */
export function samlPersonNames({ attributes }: SamlConfig): readonly string[] {
  return [...(attributes.email === null ? [] : ['email']), ...Object.keys(attributes.person)];
}

/** The relay's addresses as a service provider: what mounts the routes goes by them. */
export function samlAddresses(publicUrl: string) {
  return {
    entityId: `${publicUrl}/saml/metadata`,
    assertionConsumerService: `${publicUrl}/saml/acs`,
  };
}

/** What `xml-crypto` can check, and nobody can forge. */
function isStrongRsa(pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(pem);
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}
