import type { IdentitySummary } from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import type { SessionId } from '../../session/index.ts';
import type { RecordsEvents } from '../log/event-log.ts';
import type { ProvenEvents, ProvingReaders } from '../log/proven-events.ts';
import type { RecordReaders, RecordTransaction } from '../ports.ts';
import { type SpoiltEnrolment, spoiltEnrolments } from './spoilt-enrolments.ts';

/** What an earlier fault has spoilt on the record is repaired on it, and not by editing it. */
export interface EnrolmentRepair {
  /** What `repair` would declare not to count. @throws SluiceError `repair_refused` likewise. */
  preview(): Promise<readonly SpoiltEnrolment[]>;
  /**
   * Declares on the record that these enrolments do not count, and ends their devices; signs that.
   *
   * @throws SluiceError `repair_refused` when there is nothing to repair, or what is wrong is something else.
   */
  repair(order: RepairOrder): Promise<readonly SpoiltEnrolment[]>;
}

export interface RepairOrder {
  readonly by: IdentitySummary;
  readonly reason: string;
}

export function createEnrolmentRepair(options: {
  readonly store: Pick<RecordReaders, 'events'> & { readonly devices: KnownDevices };
  readonly transaction: <T>(
    work: (
      tx: Pick<RecordTransaction, keyof ProvingReaders> & RecordsEvents & { readonly devices: DevicesToEnd },
    ) => Promise<T>,
  ) => Promise<T>;
  readonly believes: ProvenEvents['believes'];
  readonly relaySession: SessionId;
  /** Signs the record: what is declared counts only then. */
  readonly checkpoint: () => Promise<unknown>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): EnrolmentRepair {
  const { store, transaction, believes, relaySession, checkpoint, now } = options;
  const preview = async () => {
    const isKnown = async (identity: string, key: string) =>
      (await store.devices.ofPerson(identity)).some((device) => device.key === key);
    const spoilt = await spoiltEnrolments(store, relaySession, { isKnown, believes });
    if (spoilt.length > 0) return spoilt;
    throw new SluiceError(
      'repair_refused',
      'every enrolment on the record counts: there is nothing to repair',
    );
  };
  return {
    preview,
    async repair({ by, reason }) {
      const before = await newestOf(store);
      const spoilt = await preview();
      await transaction(async (tx) => {
        if ((await newestOf(tx)) !== before) {
          throw new SluiceError('repair_refused', 'devices were enrolled or revoked meanwhile', {
            advice: 'ask again',
          });
        }
        const enrolments = spoilt.map(({ seq, key }) => ({ seq, key }));
        await tx.record(relaySession, { type: 'enrolments_voided', enrolments, by, reason });
        for (const { identity, key, name } of spoilt) {
          const device = (await tx.devices.ofPerson(identity)).find((each) => each.key === key);
          // A key that was enrolled twice is still the device of its first enrolment.
          const counts = (await enrolmentsOf(tx, key)).some((seq) =>
            spoilt.every((each) => each.seq !== seq),
          );
          if (device === undefined || device.revokedAt !== null || counts) continue;
          await tx.devices.revoke(key, now());
          await tx.record(relaySession, { type: 'device_revoked', identity, key, name });
        }
      });
      await checkpoint();
      return spoilt;
    },
  };

  /** The position of the newest event that says whose devices are enrolled. */
  async function newestOf({ events }: Pick<RecordReaders, 'events'>): Promise<number | null> {
    const rows = await events.ofTypes(relaySession, [
      'device_enrolled',
      'device_revoked',
      'enrolments_voided',
    ]);
    return rows.at(-1)?.position ?? null;
  }

  async function enrolmentsOf(tx: ProvingReaders, key: string): Promise<readonly number[]> {
    const seqs: number[] = [];
    for (const row of await tx.events.ofTypes(relaySession, ['device_enrolled'])) {
      if (!(await believes(row, tx))) continue;
      if ((JSON.parse(row.body ?? '{}') as { key?: string }).key === key) seqs.push(row.seq);
    }
    return seqs;
  }
}

interface KnownDevices {
  ofPerson(identity: string): Promise<readonly { readonly key: string; readonly revokedAt: number | null }[]>;
}

interface DevicesToEnd extends KnownDevices {
  revoke(key: string, now: number): Promise<void>;
}
