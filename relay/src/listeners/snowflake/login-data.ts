import { z } from 'zod';

const short = z.string().max(256);

/** What of a login is read. */
export const loginData = z.object({
  CLIENT_APP_ID: short.optional(),
  CLIENT_APP_VERSION: short.optional(),
  CLIENT_ENVIRONMENT: z.looseObject({ APPLICATION: short.nullish() }).nullish(),
  // Which of them there are is the warehouse's affair.
  SESSION_PARAMETERS: z.looseObject({ QUERY_TAG: z.string().nullish() }).nullish(),
  AUTHENTICATOR: short.nullish(),
  PROVIDER: short.nullish(),
  TOKEN: z.string().nullish(),
  PASSWORD: z.string().nullish(),
});

export type LoginData = z.infer<typeof loginData>;
