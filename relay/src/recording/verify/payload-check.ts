import { isOutageOfStore } from '../../store-problem.ts';
import type { PayloadsReader } from '../ports.ts';
import type { PayloadReader } from '../payloads/payload-store.ts';

/** Where an event names a payload. */
export interface Naming {
  readonly address: string;
  readonly session: string;
  readonly seq: number;
  readonly position: number;
}

/** Looks for the payloads that events name, many at once. */
export interface PayloadCheck {
  add(naming: Naming): Promise<void> | undefined;
  /** Looks for the last ones. */
  end(): Promise<void>;
}

/**
 * @param options.opens opens a payload and checks its address, if given. Without it, only presence is checked.
 * @param options.onMissing told where a payload is named that is not there.
 * @param options.onAltered told where one is named that does not open, or is not what its address says.
 */
export function payloadCheck(options: {
  readonly payloads: Pick<PayloadsReader, 'missing'>;
  readonly opens: ((address: string) => Promise<boolean>) | null;
  readonly onMissing: (naming: Naming) => Promise<void>;
  readonly onAltered: (naming: Naming) => void;
}): PayloadCheck {
  const { payloads, opens, onMissing, onAltered } = options;
  let waiting: Naming[] = [];

  const look = async () => {
    const batch = waiting;
    waiting = [];
    const missing = new Set(await payloads.missing([...new Set(batch.map(({ address }) => address))]));
    /** Whether each payload is as it was recorded. */
    const opened = new Map<string, boolean>();
    for (const naming of batch) {
      const { address } = naming;
      if (missing.has(address)) await onMissing(naming);
      else if (opens !== null) {
        if (!opened.has(address)) opened.set(address, await opens(address));
        if (opened.get(address) === false) onAltered(naming);
      }
    }
  };
  return {
    add(naming) {
      waiting.push(naming);
      return waiting.length < AT_ONCE ? undefined : look();
    },
    async end() {
      if (waiting.length > 0) await look();
    },
  };
}

const AT_ONCE = 500;

/** @throws SluiceError `record_unavailable` when the store does not work, which says nothing of the payload. */
export async function opens(opener: PayloadReader, address: string): Promise<boolean> {
  try {
    return (await opener.read(address)) !== null;
  } catch (error) {
    if (isOutageOfStore(error)) throw error;
    return false;
  }
}

/** The payloads that a body names, found without parsing all of it. The body must be canonical JSON of its type. */
export function addressesIn(type: string, body: string): readonly string[] {
  if (type === 'statement') {
    // `binds` is the first member. Most statements have none.
    if (!body.startsWith('{"binds":"')) return [];
    const binds = /^\{"binds":"([0-9a-f]{64})"/.exec(body)?.[1];
    return binds === undefined ? [] : [copyOf(binds)];
  }
  if (type !== 'result' && type !== 'chunk_returned') return [];
  // A quotation mark within a text is escaped, so that this stands where the member does, and nowhere else.
  const start = body.indexOf('"payloads":[');
  if (start === -1) return [];
  const list = body.slice(start + '"payloads":['.length, body.indexOf(']', start));
  return list === '' ? [] : (list.match(/[0-9a-f]{64}/g) ?? []).map(copyOf);
}

/** A text that was cut from another one keeps all of that in memory; addresses wait for others, bodies may be large. */
function copyOf(address: string): string {
  return Buffer.from(address, 'latin1').toString('latin1');
}
