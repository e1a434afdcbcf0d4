/** What stands behind a relay, as its configuration file says it. It opens nothing. */
import { z } from 'zod';
import { accountAt, accountConfig } from './snowflake/client/config.ts';

/** As Snowflake stores it: in upper case, unless it was made in quotes. */
const storedName = z.string().min(1);

const asking = z.enum(['required', 'whereReadable', 'off']);

const embedded = z.strictObject({
  type: z.literal('embedded'),
  /** Of the demo's shop, to try a configuration on; null for an empty database. */
  customers: z.int().min(1).max(10_000_000).nullable().default(null),
});

const snowflake = accountConfig.extend({
  type: z.literal('snowflake'),
  /** Of sessions that ask for none, and whose person's groups the policy maps to none. */
  role: storedName,
  /** The virtual warehouse, database and schema of sessions that ask for none. */
  warehouse: storedName.nullable().default(null),
  database: storedName.nullable().default(null),
  schema: storedName.nullable().default(null),
  /**
   * For how long decisions are made on what the catalog said of an object, before it is asked again; 0: every time.
   * Right before a statement runs it is asked in any case. Seconds.
   */
  catalogForSeconds: z.int().min(0).max(86_400).default(300),
  /** The account's own tags, its classification among them: of what they cannot be read of, `required` has every column masked. */
  accountTags: asking.default('required'),
  /** The same of its masking policies, which are told to those that may apply or own them only. */
  accountPolicies: asking.default('whereReadable'),
});

export const warehouseConfig = z.discriminatedUnion('type', [embedded, snowflake]);

export type WarehouseConfig = z.output<typeof warehouseConfig>;
export type SnowflakeConfig = Extract<WarehouseConfig, { type: 'snowflake' }>;

/** The same with its paths resolved: `at` says where a path of the configuration file leads. */
export function warehouseAt(config: WarehouseConfig, at: (path: string) => string): WarehouseConfig {
  return config.type === 'embedded' ? config : { ...config, ...accountAt(config, at) };
}
