import type { Trouble } from '../relays/trouble.ts';
import type { WitnessAlarm } from './alarm.ts';

/** How a relay's record stands, as this computer has seen it. */
export interface Standing {
  readonly alarm: WitnessAlarm | null;
  readonly type: 'unknown' | 'good' | 'behind' | 'unproven';
  /** How many events the last good checkpoint covers, and when it was found good (ISO 8601); null when there was none. */
  readonly kept: { readonly log: string; readonly size: number; readonly at: string } | null;
  /** The key that signs now; null while none is known. */
  readonly key: RecordKey | null;
  /** How many events this device has cosigned there since the app was started. */
  readonly cosigned: number;
  /** Why the last look found nothing out. */
  readonly trouble: Trouble | null;
}

/** A key of a relay's record, and how far it is known to be the relay's. */
export interface RecordKey {
  /** SHA-256 of its SPKI, hex. */
  readonly fingerprint: string;
  /** Since when it is known here; ISO 8601. */
  readonly since: string;
  /** Whether it, or one that it follows by signed hand-overs, is what somebody was given by another way than the relay. */
  readonly isGiven: boolean;
}
