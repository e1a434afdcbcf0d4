import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { clientProgram, type DriverProgram } from '../other-drivers.ts';

/** A program that people use with Snowflake, as tried with a relay. */
export interface Client {
  readonly name: string;
  /** Its environment (`requirements/`), and its script. */
  readonly environment: string;
  readonly script: string;
}

/** What a script saw: its client with its version, and of each step the error, or null. */
export interface Seen {
  readonly client: string;
  readonly steps: Readonly<Record<string, string | null>>;
}

export const clients: readonly Client[] = [
  ...[5, 4, 3].map((version) => ({
    name: `the Python connector, version ${version}`,
    environment: `connector-${version}`,
    script: 'clients/connector.py',
  })),
  { name: 'SQLAlchemy', environment: 'sqlalchemy', script: 'clients/alchemy.py' },
  { name: 'dbt', environment: 'dbt', script: 'clients/dbt_project.py' },
  { name: 'Snowpark', environment: 'snowpark', script: 'clients/snowpark.py' },
  { name: 'the `snow` command', environment: 'snow', script: 'clients/snow.py' },
  { name: 'ADBC', environment: 'adbc', script: 'clients/adbc.py' },
];

/** Why a step may fail, by its error: what is said of it in the table. Any other failure is a defect. */
const reasons: readonly { readonly error: RegExp; readonly why: string }[] = [];

/** Null for what works; throws for a failure that nothing is known of. */
export function reasonOf(step: string, error: string | null): string | null {
  if (error === null) return null;
  const known = reasons.find((reason) => reason.error.test(error));
  if (known === undefined) throw new Error(`${step}: ${error}`);
  return known.why;
}

/** Milliseconds for one client: dbt and `snow` start their whole program for each step. */
export const PATIENCE = 600_000;

export async function programOf({ environment, script }: Client): Promise<DriverProgram> {
  return await clientProgram(environment, script);
}

export async function tryClient(
  program: DriverProgram & { readonly missing: null },
  port: string,
  token: string,
): Promise<Seen> {
  const { stdout } = await promisify(execFile)(program.command, [...program.args, port, token], {
    env: { ...process.env, NO_PROXY: '127.0.0.1' },
    timeout: PATIENCE,
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Seen;
}

/** A client's row in docs/driver-protocol.md. Throws for a failure that nothing is known of. */
export function rowOf({ client, steps }: Seen): string {
  const failed = new Map<string, string[]>();
  for (const [step, error] of Object.entries(steps)) {
    const why = reasonOf(step, error);
    if (why !== null) failed.set(why, [...(failed.get(why) ?? []), step]);
  }
  const works = Object.keys(steps).filter((step) => steps[step] === null);
  const lacking = [...failed].map(([why, which]) => `${which.join('; ')}: ${why}`);
  return `| ${client} | ${works.join('; ')} | ${lacking.join('. ')} |`;
}
