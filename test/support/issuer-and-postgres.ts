import { afterAll, beforeAll } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { type Postgres, postgresPrograms, startPostgres } from './postgres.ts';

/** What tests of relays on PostgreSQL begin with, and end at the end of their file. */
export interface IssuerAndPostgres {
  issuer(): LocalIssuer;
  /** Whether PostgreSQL is installed here: what needs it is skipped otherwise. */
  readonly hasPostgres: boolean;
  /** @throws where it is not installed. */
  postgres(): Postgres;
}

export function issuerAndPostgres(): IssuerAndPostgres {
  const programs = postgresPrograms();
  let issuer: LocalIssuer;
  let postgres: Postgres | null = null;
  beforeAll(async () => {
    issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
    if (programs !== null) postgres = await startPostgres(programs);
  });
  afterAll(async () => {
    await issuer.close();
    await postgres?.close();
  });
  return {
    issuer: () => issuer,
    hasPostgres: programs !== null,
    postgres() {
      if (postgres === null) throw new Error('PostgreSQL is not installed here');
      return postgres;
    },
  };
}
