import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import { createAnalyses } from '../analysis/index.ts';
import {
  APPROVAL_STORY,
  createApprovals,
  createDevices,
  createGrants,
  createOpenings,
  createReviews,
  GRANT_STORY,
  type OnRefusedRow,
  OPENING_STORY,
} from '../approval/index.ts';
import { openRecordedClassification } from '../classification/index.ts';
import { channelsOf, createDeliveries } from '../delivery/index.ts';
import type { RelayConfig } from '../config.ts';
import { createEstimate, createGate } from '../gate.ts';
import { keptFile } from '../kept-file.ts';
import { createLeftStatements } from '../left-statements.ts';
import { devicesOnRecord, followEvents } from '../recording/index.ts';
import { createMasker } from '../masking-threads/index.ts';
import { createUsageMeter, keptUsage } from '../usage/index.ts';
import {
  openEmbeddedWarehouse,
  openSnowflakeWarehouse,
  openUpstream,
  type Warehouse,
} from '../warehouse/index.ts';
import { withDemo } from '../with-demo.ts';
import type { RelayContext } from './context.ts';
import type { Identities } from './identity.ts';
import type { Storage } from './storage.ts';

export type Gate = Awaited<ReturnType<typeof startGate>>;

/**
 * The one path of every statement, the people that it may ask, and the warehouse that it alone runs statements on.
 *
 * @param given in place of the configured warehouse.
 */
export async function startGate(
  context: RelayContext,
  { store, recording, notices, policy, relays }: Storage,
  { limits, revocations }: Identities,
  given: Warehouse | undefined,
) {
  const { config, files, start, logger, now, newId, random, onError } = context;
  const { relaySession } = recording;
  const people = { store, now, newId, onError };
  const refused = new LRUCache<string, true>({ max: 10_000 });
  /** Once for each row and what is wrong with it: what is asked for often is refused as often. */
  const onRefusedRow: OnRefusedRow = (what, { code, message, advice }) => {
    if (refused.has(message)) return;
    refused.set(message, true);
    logger.fatal({ code, advice }, message);
    const detail = { problem: message };
    void recording.append(relaySession, { type: 'notice', what, detail }).catch(onError);
  };
  const confirmIdentity = revocations.check;

  const warehouse = await start(
    'warehouse',
    () => given ?? openWarehouse(config.warehouse, context),
    (warehouse) => ({ close: () => warehouse.close() }),
  );
  const maskingKeys = { token: keyFromFile(files.maskingKey, random) };
  const analyses = await start(
    'analysis',
    () => createAnalyses(maskingKeys),
    ({ close }) => ({ close }),
  );
  const masker = await start(
    'masking',
    () => createMasker(maskingKeys),
    ({ close }) => ({ close }),
  );

  const devices = createDevices({
    ...people,
    relaySession,
    notices,
    firstUse: config.approvals.trustFirstDevice,
    vouchers: config.groups.security,
    confirmIdentity,
    onRecord: (readers) => devicesOnRecord(readers, recording.proof, relaySession),
    onForged: (error) => onRefusedRow('device_refused', error),
  });
  const openings = await createOpenings({
    ...people,
    relaySession,
    onRecord: followEvents(recording.proof, OPENING_STORY),
    onRefusedRow,
  });
  const grants = createGrants({
    ...people,
    confirmIdentity,
    onRecord: followEvents(recording.proof, GRANT_STORY),
    onRefusedRow,
  });
  const reviews = createReviews({ ...people, reviewers: config.groups.security });
  const approvals = await start(
    'approvals',
    () =>
      createApprovals({
        ...people,
        devices,
        grants,
        confirmIdentity,
        random,
        // The gate is made of the approvals: it is asked once both are there.
        estimate: (request) => createEstimate(gate.run, analyses.rowCount, newId, now, gate.costOf)(request),
        askedNow: (request) => gate.askedNow(request),
        onRecord: followEvents(recording.proof, APPROVAL_STORY),
        onRefusedRow,
      }),
    ({ tick, stop }) => ({ tick, close: stop }),
  );
  const deliveries = await start(
    'deliveries',
    () =>
      createDeliveries({
        ...people,
        channels: channelsOf(config.deliver, now),
        approvals,
        reviews,
        relaySession,
        consoleUrl: config.approvals.consoleUrl,
      }),
    ({ tick, stop }) => ({ tick, close: stop }),
  );

  const left = await start(
    'statements left',
    () =>
      createLeftStatements({
        store,
        proof: recording.proof,
        relays,
        held: async () => (await approvals.held()).map(({ request }) => request.queryId),
        findLeft: warehouse.findLeft,
        onEnded: (statements) =>
          logger.warn(
            { statements },
            'a relay ended with statements under way: each has an end on the record',
          ),
        onUnfounded: (statements) =>
          logger.error(
            { statements },
            'the table of open statements has some that are not open by the record: somebody has written to the database',
          ),
        now,
      }),
    ({ tick }) => ({ tick }),
  );
  let keepUsageAt = 0;
  const usage = await start(
    'usage',
    () => createUsageMeter(store, now, keptFile(files.usage, keptUsage)),
    ({ keep }) => ({
      async tick() {
        if (now() < keepUsageAt) return;
        keepUsageAt = now() + KEEP_USAGE_EVERY_MS;
        await keep();
      },
      close: keep,
    }),
  );
  const classification = await openRecordedClassification({ store, relaySession, notices });
  const gate = createGate({
    now,
    confirmIdentity,
    analyses,
    floor: true,
    policy() {
      recording.requireSound();
      return policy.current();
    },
    changes: store.changes,
    sessions: store.sessions,
    relays,
    classification,
    usage,
    limits,
    approvals,
    grants,
    reviews,
    openings,
    recorder: recording,
    onEndUnrecorded: left.owe,
    recordingLimits: { rowsKept: config.recording.rowsKept, rowsPerPayload: 10_000 },
    warehouse,
    masker,
  });
  return {
    gate,
    left,
    warehouse,
    analyses,
    classification,
    devices,
    openings,
    grants,
    reviews,
    approvals,
    deliveries,
  };
}

/** Often enough that a relay that is killed forgets little, and seldom beside what statements have the disk do. */
const KEEP_USAGE_EVERY_MS = 5_000;

async function openWarehouse(config: RelayConfig['warehouse'], context: RelayContext): Promise<Warehouse> {
  switch (config.type) {
    case 'embedded':
      return await openEmbedded(config.customers);
    case 'snowflake': {
      const { now, newId, logger } = context;
      const { role, warehouse, database, schema, catalogForSeconds, accountTags, accountPolicies } = config;
      return openSnowflakeWarehouse({
        upstream: openUpstream(config, {
          now,
          onNotice: (notice) => logger.warn(notice, UPSTREAM_NOTICES[notice.kind]),
        }),
        defaults: { role, warehouse, database, schema },
        catalogForMs: catalogForSeconds * 1_000,
        governance: { tags: accountTags, policies: accountPolicies },
        now,
        newId,
      });
    }
    default:
      return config satisfies never;
  }
}

const UPSTREAM_NOTICES = {
  left_alone: 'Snowflake has failed several times in a row: the relay leaves it alone for a while',
  back: 'Snowflake answers again',
  sign_in_refused: 'Snowflake refuses the relay’s credential: `sluice doctor --upstream` says what to do',
  session_replaced: 'Snowflake ended a session, and the relay signed in anew in its place',
} as const;

/** The shop is the demo's: nothing of it is loaded where no configuration asks for it. */
async function openEmbedded(customers: number | null): Promise<Warehouse> {
  if (customers === null) return await openEmbeddedWarehouse();
  const { openShop } = await withDemo(() => import('@sluice/demo/shop'));
  return await openShop({ customers });
}

/** 32 random bytes, made once: tokens must be the same tomorrow. */
function keyFromFile(path: string, random: RelayContext['random']): Uint8Array {
  if (!existsSync(path)) writeFileSync(path, random(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  return Buffer.from(readFileSync(path, 'utf8'), 'base64');
}
