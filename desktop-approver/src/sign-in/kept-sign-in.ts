import { z } from 'zod';
import type { Secrets } from '../secrets/secrets.ts';

const text = z
  .string()
  .min(1)
  .max(64 * 1024);

const signIn = z.strictObject({
  version: z.literal(1),
  place: z.strictObject({
    issuer: text,
    kind: z.enum(['oidc', 'relay']),
    clientId: text,
    scope: z.string().max(4_096),
    resource: text.nullable(),
  }),
  token: text,
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
  refreshToken: text.nullable(),
  /** Who the relay says that the token is of. */
  person: z.strictObject({ id: text, name: z.string(), groups: z.array(z.string()) }),
});

/** Somebody who has signed in at a relay, with what proves it: a secret. */
export type SignIn = z.infer<typeof signIn>;

/** The sign-in at one relay, from one start of the app to the next. */
export interface KeptSignIn {
  /** `damaged`: there was one, and nobody can read it. */
  read(): Promise<SignIn | null | 'damaged'>;
  write(signIn: SignIn): Promise<void>;
  forget(): Promise<void>;
}

export function keptSignIn(secrets: Secrets, relay: string): KeptSignIn {
  const name = `${relay}.sign-in`;
  return {
    async read() {
      const kept = await secrets.read(name);
      if (kept.type === 'none') return null;
      return (kept.type === 'found' ? parse(kept.text) : null) ?? 'damaged';
    },
    write: async (signIn) => await secrets.write(name, JSON.stringify(signIn)),
    forget: async () => await secrets.remove(name),
  };
}

function parse(text: string): SignIn | null {
  try {
    return signIn.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
