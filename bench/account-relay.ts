// A whole relay before a scripted Snowflake account, in a process of its own. Says on its output how it is reached.
import { startRelayBefore } from '../test/upstream/relay.ts';

export interface RelayStarted {
  readonly url: string;
  /** Of a person who may read. */
  readonly token: string;
}

const { account } = JSON.parse(process.argv[2]!) as { readonly account: string };
const relay = await startRelayBefore(account);
process.once('SIGTERM', () => void relay.close());
console.log(JSON.stringify({ url: relay.url, token: await relay.tokenFor('ada') } satisfies RelayStarted));
