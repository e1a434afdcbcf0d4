import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { RelayId } from '../relays/relay.ts';
import { ALARM_CAUSES } from './alarm.ts';
import { readPrivateFile, writePrivateFile } from '../secrets/private-file.ts';

/** A key that signs a log's checkpoints. */
const logKey = z.strictObject({
  /** SPKI, base64. */
  spki: z.string(),
  /** Since when it is known here; ISO 8601. */
  since: z.string(),
  how: z.enum(['first_seen', 'pasted', 'handed_over']),
  /** The size at which it handed over to the next; it signs nothing larger. Null while it signs. */
  until: z.int().positive().nullable(),
});

const keptLog = z.strictObject({
  /** UUID. */
  log: z.string(),
  /** The one that signs now is the last. */
  keys: z.array(logKey).min(1),
  /** The last checkpoint that was found to go on from the one before; null when there was none yet. */
  note: z.string().nullable(),
  /** When that was; ISO 8601. */
  at: z.string(),
  /** Since when the relay has shown nothing but less than that; null while it does not. */
  behindSince: z.string().nullable(),
});

const alarm = z.strictObject({
  at: z.string(),
  why: z.enum(ALARM_CAUSES),
  message: z.string(),
  kept: z.string(),
  shown: z.string(),
  proof: z.array(z.string()).readonly(),
});

const memory = z.strictObject({
  version: z.literal(1),
  relay: z.string(),
  log: keptLog.nullable(),
  alarm: alarm.nullable(),
  /** Alarms that somebody has acknowledged, the newest last. */
  settled: z.array(
    z.strictObject({ alarm, by: z.string(), words: z.string(), next: z.string(), at: z.string() }),
  ),
});

export type LogKey = z.infer<typeof logKey>;
export type KeptLog = z.infer<typeof keptLog>;
/** What a witness remembers of a relay. */
export type Memory = z.infer<typeof memory>;

/** What is remembered, on disk: whatever ends the app, each file is whole. */
export interface Memories {
  read(relay: RelayId): Promise<Memory | 'damaged' | null>;
  /** Resolves when it is on disk. */
  write(memory: Memory): Promise<void>;
  /** Puts a damaged one aside: it may be evidence, too. */
  setAside(relay: RelayId, at: string): Promise<void>;
}

export function memoriesIn(folder: string): Memories {
  const pathOf = (relay: string) => join(folder, `${relay}.json`);
  return {
    async read(relay) {
      const bytes = await readPrivateFile(pathOf(relay));
      return bytes === null ? null : read(bytes.toString('utf8'), relay);
    },
    write: (kept) => writePrivateFile(pathOf(kept.relay), written(kept)),
    async setAside(relay, at) {
      const bytes = await readPrivateFile(pathOf(relay));
      if (bytes === null) return;
      await writePrivateFile(join(folder, `${relay}.damaged-${at.replaceAll(/[^0-9TZ]/g, '')}`), bytes);
    },
  };
}

/** A line that says what the rest is: half a file, or one with a letter changed, is none. */
function written(kept: Memory): string {
  const text = JSON.stringify(kept, null, 2);
  return `${digestOf(text)}\n${text}\n`;
}

function read(content: string, relay: string): Memory | 'damaged' {
  const end = content.indexOf('\n');
  const text = content.slice(end + 1, -1);
  if (end === -1 || content.slice(0, end) !== digestOf(text)) return 'damaged';
  try {
    const parsed = memory.safeParse(JSON.parse(text));
    return parsed.success && parsed.data.relay === relay ? parsed.data : 'damaged';
  } catch {
    return 'damaged';
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
