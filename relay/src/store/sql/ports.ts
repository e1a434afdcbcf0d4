import type { Database } from '../connection.ts';
import type { StorePorts } from '../store.ts';
import { activityOn } from './activity.ts';
import { approvalsOn } from './approvals.ts';
import { openingsOn, reviewsOn } from './break-glass.ts';
import { devicesOn } from './devices.ts';
import { eventsOn } from './events.ts';
import { grantsOn } from './grants.ts';
import { peopleOn, revocationsOn } from './identity.ts';
import { openStatementsOn } from './open-statements.ts';
import { outboxOn, tagsOn, usageOn } from './others.ts';
import { policyVersionsOn } from './policy-versions.ts';
import { checkpointsOn, dataKeysOn, payloadsOn } from './payloads.ts';
import { recordIndexOn } from './record-index.ts';
import { relaysOn } from './relays.ts';
import { retentionOn } from './retention.ts';
import { sessionsOn } from './sessions.ts';
import { termsOn } from './terms.ts';

/** Every part's port, on one database: SQL that both databases understand. */
export function portsOn(db: Database): StorePorts {
  return {
    events: eventsOn(db),
    index: recordIndexOn(db),
    terms: termsOn(db),
    openStatements: openStatementsOn(db),
    payloads: payloadsOn(db),
    dataKeys: dataKeysOn(db),
    checkpoints: checkpointsOn(db),
    retention: retentionOn(db),
    approvals: approvalsOn(db),
    grants: grantsOn(db),
    devices: devicesOn(db),
    openings: openingsOn(db),
    reviews: reviewsOn(db),
    revocations: revocationsOn(db),
    people: peopleOn(db),
    sessions: sessionsOn(db),
    outbox: outboxOn(db),
    tags: tagsOn(db),
    usage: usageOn(db),
    activity: activityOn(db),
    policyVersions: policyVersionsOn(db),
    relays: relaysOn(db),
  };
}
