import { z } from 'zod';
import { issuerUrl } from '../../identity/index.ts';
import { parseWitnessKey } from '../../recording/index.ts';
import { webhookSecret } from '../../delivery/index.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name of lower-case letters, digits and `-`');
/** Plain HTTP only to this machine. */
const url = issuerUrl;

/** The `witnesses` section of the relay's configuration. */
export const witnessesConfig = z
  .array(
    z.discriminatedUnion('kind', [
      /** A folder in which each checkpoint is written once: on another machine's disk, or one that only adds. */
      z.strictObject({ kind: z.literal('file'), name, folder: z.string() }),
      /** An object store, in which each checkpoint is put once. */
      z.strictObject({
        kind: z.literal('put'),
        name,
        /** What objects' names are added to. */
        url,
        headers: z.record(z.string().regex(/^[a-z0-9-]+$/, 'in lower case'), z.string()).default({}),
        s3: z
          .strictObject({
            region: z.string(),
            accessKeyId: z.string(),
            /** Or the name of an environment variable that has it. */
            secretAccessKey: z.union([z.string(), z.strictObject({ env: z.string() })]),
          })
          .nullable()
          .default(null),
      }),
      z.strictObject({ kind: z.literal('webhook'), name, url, secret: webhookSecret }),
      /** A witness of https://c2sp.org/tlog-witness: another Sluice, or somebody else's. */
      z.strictObject({
        kind: z.literal('tlog-witness'),
        name,
        /** Its submission prefix. */
        url,
        key: z
          .string()
          .refine(
            (text) => parseWitnessKey(text) !== null,
            'expected NAME+ID+BASE64, as the witness prints it',
          ),
        /** When it has seen another history of this log: stop, as after any contradiction, or only say so. */
        onConflict: z.enum(['stop', 'warn']).default('stop'),
      }),
    ]),
  )
  .refine(
    (list) => new Set(list.map((each) => each.name)).size === list.length,
    'each needs a name of its own',
  );

export type WitnessConfig = z.output<typeof witnessesConfig>[number];
