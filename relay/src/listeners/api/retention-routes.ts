import { summaryOf } from '../../approval/index.ts';
import type { Router } from '../router/index.ts';
import { mustBeOneOf } from './must-be-one-of.ts';
import type { ApiParts } from './parts.ts';

/** What of the record is removed when it is old: seen by those who look after the record, and begun by record keepers. */
export async function retentionRoutes(router: Router, { retention, groups }: ApiParts): Promise<void> {
  const readers = [...groups.recordKeepers, ...groups.auditors, ...groups.security];

  await router.serve('retention', {
    async read({ by }) {
      mustBeOneOf(by, readers, 'only record keepers, auditors and the security groups may see this');
      return { status: 200, body: { version: 1, ...(await retention.status()) } };
    },
    async preview({ by, gone }) {
      mustBeOneOf(by, readers, 'only record keepers, auditors and the security groups may see this');
      return { status: 200, body: { version: 1, rules: await retention.preview(gone) } };
    },
    async run({ by, body }) {
      mustBeOneOf(by, groups.recordKeepers, 'only record keepers run retention');
      return { status: 202, body: await retention.begin({ by: summaryOf(by), ...body }) };
    },
  });
}
