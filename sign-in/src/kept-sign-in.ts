import { z } from 'zod';

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

/** Where the text of a secret is kept, encrypted by the system. */
export interface KeptText {
  read(): Promise<
    | { readonly type: 'found'; readonly text: string }
    | { readonly type: 'none' }
    | { readonly type: 'damaged' }
  >;
  write(text: string): Promise<void>;
  remove(): Promise<void>;
}

export function keptSignIn(secret: KeptText): KeptSignIn {
  return {
    async read() {
      const kept = await secret.read();
      if (kept.type === 'none') return null;
      return (kept.type === 'found' ? parse(kept.text) : null) ?? 'damaged';
    },
    write: async (signIn) => await secret.write(JSON.stringify(signIn)),
    forget: async () => await secret.remove(),
  };
}

function parse(text: string): SignIn | null {
  try {
    return signIn.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
