import type { LiveConnection } from './live-connection.ts';
import type { LiveClientOptions } from './live-options.ts';

/** Says which request is shown, for as long as it is. */
export interface Looks {
  show(approval: string | null): void;
  /** @param lookSeconds for so long a `look` holds; null when this relay takes none. */
  connected(connection: LiveConnection, lookSeconds: number | null): void;
  disconnected(): void;
}

export function createLooks(after: NonNullable<LiveClientOptions['after']>): Looks {
  let shown: string | null = null;
  let to: { readonly connection: LiveConnection; readonly lookSeconds: number } | null = null;
  let stop = () => {};

  const say = () => {
    stop();
    if (to === null) return;
    to.connection.send({ type: 'look', approval: shown });
    if (shown !== null) stop = after((to.lookSeconds / SAID_WITHIN) * 1_000, say);
  };

  return {
    show(approval) {
      if (approval === shown) return;
      shown = approval;
      say();
    },
    connected(connection, lookSeconds) {
      if (lookSeconds === null) return;
      to = { connection, lookSeconds };
      if (shown !== null) say();
    },
    disconnected() {
      stop();
      to = null;
    },
  };
}

/** So many times while it holds: one may be late. */
const SAID_WITHIN = 3;
