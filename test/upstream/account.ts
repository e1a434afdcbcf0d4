import type { KeyObject } from 'node:crypto';
import type { ParameterValue } from './parameters.ts';

/** What there is in the account: people, roles, warehouses, databases with their schemas. Stored names. */
export interface Account {
  readonly name: string;
  readonly users: readonly User[];
  readonly databases: Readonly<Record<string, readonly string[]>>;
  readonly warehouses: readonly string[];
  /** ALTER ACCOUNT SET: what sessions have that do not say otherwise. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
}

export interface User {
  readonly name: string;
  readonly roles: readonly string[];
  readonly defaults: {
    readonly role: string;
    readonly warehouse?: string;
    readonly database?: string;
    readonly schema?: string;
  };
  readonly password?: string;
  /** RSA_PUBLIC_KEY and RSA_PUBLIC_KEY_2. */
  readonly keys?: readonly KeyObject[];
  /** Access tokens of an external OAuth issuer; milliseconds since the epoch. */
  readonly oauth?: readonly { readonly token: string; readonly expiresAt?: number }[];
  readonly accessTokens?: readonly {
    readonly token: string;
    /** Sessions with it have this role and no other. */
    readonly role?: string;
    readonly expiresAt?: number;
  }[];
  /** Who it is at a cloud or an OIDC issuer, and the key that these sign with. */
  readonly workloads?: readonly {
    readonly provider: 'OIDC' | 'AZURE' | 'GCP';
    readonly issuer: string;
    readonly subject: string;
    readonly key: KeyObject;
  }[];
}

/** The account that most tests are content with; ADA's tokens are those of the drivers' conversations. */
export const shopAccount: Account = {
  name: 'SLUICE',
  users: [
    {
      name: 'ADA',
      roles: ['ANALYST', 'PUBLIC'],
      defaults: { role: 'ANALYST', warehouse: 'WH', database: 'SHOP', schema: 'PUBLIC' },
      password: 'correct horse',
      oauth: [{ token: 'ada-token' }],
      accessTokens: [{ token: 'ada-token' }],
    },
  ],
  databases: { SHOP: ['PUBLIC', 'SCRATCH', 'INFORMATION_SCHEMA'] },
  warehouses: ['WH', 'SMALL'],
};
