import { shopAccount } from './account.ts';
import { shopTables } from './shop.ts';
import { firstOf } from './answers.ts';
import { tablesScript } from './tables.ts';
import { startUpstream } from './upstream.ts';

/** The scripted account with the shop's tables, in a process of its own. Says on its output how it is reached. */
export interface ProcessStarted {
  readonly url: string;
  readonly storageUrl: string;
}

const { rows = 1_000_000, logged = 1_000 } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly rows?: number;
  readonly logged?: number;
};
const upstream = await startUpstream({
  account: shopAccount,
  script: firstOf(tablesScript(shopTables(rows)), ({ sql }) => {
    console.error(`the scripted account has no answer to: ${sql}`);
    return undefined;
  }),
  logged,
});
process.once('SIGTERM', () => void upstream.close());
console.log(JSON.stringify({ url: upstream.url, storageUrl: upstream.storageUrl } satisfies ProcessStarted));
