import { randomUUID } from 'node:crypto';
import { readConfig, type RelayConfig } from '../config.ts';
import { isSluiceError } from '../errors.ts';
import { tryAccount } from '../warehouse/trial.ts';
import type { Finding } from './finding.ts';

/** `sluice doctor --upstream`: each thing that the relay does on its Snowflake account, tried once, as it goes. */
export async function* upstreamFindings(path: string): AsyncGenerator<Finding> {
  let config: RelayConfig;
  try {
    config = readConfig(path);
  } catch (error) {
    yield { what: 'configuration', problem: isSluiceError(error) ? error.message : 'cannot be read' };
    return;
  }
  const { warehouse } = config;
  if (warehouse.type !== 'snowflake') {
    const problem =
      'the configured warehouse is the embedded one: with `type: snowflake`, this tries the account';
    yield { what: 'Snowflake account', problem };
    return;
  }
  for await (const { what, problem } of tryAccount(warehouse, { now: Date.now, newId: randomUUID }))
    yield { what: `Snowflake: ${what}`, problem };
}
