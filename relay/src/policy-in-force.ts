import type { EventBody } from '@sluice/contract';
import { SluiceError } from './errors.ts';
import type { Policy } from './policy/index.ts';
import type { PolicyFile } from './policy-file.ts';
import type { RelayNotices } from './relay-notices.ts';
import type { SessionId } from './session/index.ts';
import type { ChangeFeed, Transaction, UnitOfWork } from './unit-of-work.ts';

/**
 * Which policy relays on one store decide by: one, whichever has read it first. The store holds its version and not its
 * text: a relay decides by its own file alone, and by nothing while that is another, so that whoever can write the
 * database can stop relays from deciding, and cannot have them decide otherwise. Which version is in force, and which were
 * before, follows from the record: else an old file that was left behind could be put in force again.
 */
export interface PolicyInForce {
  /** @throws `policy_outdated` while this relay's file is not the policy in force. */
  current(): Policy;
  /** Whether it is. */
  isCurrent(): boolean;
  /** Looks at the file, and puts a new version of it in force. Called every second. */
  look(): Promise<void>;
}

/** What this needs of a store. */
export interface PolicyVersionsReader {
  /** The one in force; null before there was any. */
  newest(): Promise<PolicyVersion | null>;
  /** Whether it is or has been in force. */
  isKnown(version: string): Promise<boolean>;
}

export interface PolicyVersionsStore extends PolicyVersionsReader {
  add(version: PolicyVersion): Promise<void>;
}

export interface PolicyVersion {
  /** SHA-256 of the file's text, in hexadecimal digits. */
  readonly version: string;
  /** When it was put in force. Milliseconds since the epoch. */
  readonly since: number;
}

export interface PolicyTransaction extends Transaction {
  readonly policyVersions: PolicyVersionsStore;
  record(session: SessionId, body: EventBody): Promise<unknown>;
}

export interface PolicyInForceOptions {
  readonly file: PolicyFile;
  readonly store: UnitOfWork<PolicyTransaction> & {
    readonly policyVersions: PolicyVersionsReader;
    readonly changes: ChangeFeed;
  };
  /** Whose record says which policies were read and put in force. */
  readonly relaySession: SessionId;
  readonly notices: RelayNotices;
  /** Whether this is the only relay on its store: then its file is the newest, whatever was in force before. */
  readonly isAlone: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told when this relay's file stops being the policy in force, and when it is again. */
  readonly onStanding: (standing: PolicyStanding) => void;
}

export type PolicyStanding =
  | { readonly isCurrent: true; readonly version: string }
  | { readonly isCurrent: false; readonly version: string; readonly inForce: PolicyVersion };

/**
 * Puts the file's policy in force if it is new: when it was never in force on this store, or was edited under a relay
 * whose file was in force until then. One that was in force before, and is found when a relay starts, is an old file that
 * was left behind: it puts nothing in force.
 */
export async function openPolicyInForce(options: PolicyInForceOptions): Promise<PolicyInForce> {
  const { file, store, relaySession, notices, now, onStanding } = options;
  let inForce: PolicyVersion | null = null;
  /** The file's, and the one before it: that is in force still while the file's is being put in its place. */
  let known: readonly Policy[] = [];
  let told: string | null = null;

  const find = () => known.find(({ version }) => version === inForce?.version) ?? null;
  const learn = (version: PolicyVersion | null) => {
    inForce = version;
    const [own] = known;
    if (own === undefined || inForce === null) return;
    const standing: PolicyStanding =
      find() === null
        ? { isCurrent: false, version: own.version, inForce }
        : { isCurrent: true, version: inForce.version };
    const text = JSON.stringify(standing);
    if (text === told) return;
    told = text;
    onStanding(standing);
  };
  /** As far as the record was read. Not within a transaction: reads may wait for its end. */
  const recorded = (): readonly PolicyVersion[] =>
    notices
      .of('policy_in_force')
      .map(({ at, detail: { version = '' } }) => ({ version, since: Date.parse(at) }));
  /** A store of an earlier version may have it in its table alone. */
  const newestIn = async ({ newest }: PolicyVersionsReader) => recorded().at(-1) ?? (await newest());
  const newestNow = async () => {
    await notices.read();
    return newestIn(store.policyVersions);
  };
  store.changes.follow('policy', async () => learn(await newestNow()));

  const offer = async (policy: Policy, before: Policy | null): Promise<void> => {
    await notices.read();
    let offered = await put(policy, before, 'read again');
    if (offered === 'read again') {
      await notices.read();
      offered = await put(policy, before, 'as recorded');
    }
    // What another relay has put in force since has been told by now.
    known = [policy];
    learn(inForce ?? (offered === 'read again' ? null : offered));
  };

  /** @param unlessRecorded what to do when the table has another one than the record, as far as that was read. */
  const put = (policy: Policy, before: Policy | null, unlessRecorded: 'read again' | 'as recorded') =>
    store.transaction(async (tx): Promise<PolicyVersion | 'read again'> => {
      const { version } = policy;
      const newest = await newestIn(tx.policyVersions);
      const stored = await tx.policyVersions.newest();
      if (stored?.version !== newest?.version && unlessRecorded === 'read again') return 'read again';
      const loaded = { type: 'notice', what: 'policy_loaded', detail: { version } } as const;
      await tx.record(relaySession, loaded);
      if (newest?.version === version) return newest;
      const isNew =
        newest === null ||
        (before === null && options.isAlone) ||
        before?.version === newest.version ||
        !((await tx.policyVersions.isKnown(version)) || recorded().some((each) => each.version === version));
      if (!isNew) return newest;
      const put = { version, since: now() };
      await tx.policyVersions.add(put);
      const detail = { version, before: newest?.version ?? '' };
      await tx.record(relaySession, { type: 'notice', what: 'policy_in_force', detail });
      tx.tell({ topic: 'policy', key: version });
      return put;
    });

  const offerFiles = async () => {
    const policy = file.current();
    const [before = null] = known;
    if (policy.version === before?.version) return;
    known = before === null ? [policy] : [policy, before];
    await offer(policy, before).catch((error: unknown) => {
      // It is offered again with the next look.
      known = before === null ? [] : [before];
      throw error;
    });
  };
  inForce = await newestNow();
  await offerFiles();

  return {
    current() {
      const policy = find();
      if (policy !== null) return policy;
      const since = inForce === null ? '' : ` since ${new Date(inForce.since).toISOString()}`;
      throw new SluiceError(
        'policy_outdated',
        `this relay's policy is not the one in force${since}, and it decides nothing by another`,
        {
          advice:
            'try again in a moment; if it stays so, ask the people who run the relay to run `sluice doctor`',
          retryAfterSeconds: 10,
        },
      );
    },
    isCurrent: () => find() !== null,
    async look() {
      await file.look();
      await offerFiles();
    },
  };
}
