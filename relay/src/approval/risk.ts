import type { ApprovalSummary } from '@sluice/contract';
import type { StatementName } from '@sluice/snowflake-sql';
import { shown, type ShownText } from '../text/index.ts';
import type { Approval } from './approval.ts';

type Risk = ApprovalSummary['risk'];

/**
 * How much there is to lose with a wrong decision, by what the statement does, and not by who asks: what cannot be undone,
 * what leaves the warehouse and what nobody understands are high, changes are medium, and what changes nothing is low.
 */
export function riskOf({ request, estimate }: Approval): Risk {
  const { understanding, objects, decision } = request;
  const reaches = (...wanted: readonly string[]) => objects.some(({ access }) => wanted.includes(access));
  const rows = estimate?.rows ?? 0;
  const changes = reaches('write', 'create', 'alter', 'drop', 'grant') || understanding.writes.length > 0;
  const high: readonly (ShownText | false)[] = [
    reaches('drop') && shown`it drops something`,
    reaches('grant') && shown`it changes who may do what`,
    reaches('alter') && shown`it changes how something is made`,
    understanding.kind.name === 'truncate_table' && shown`it removes every row`,
    understanding.missingWhere && shown`it has no WHERE: every row is meant`,
    LEAVES.has(understanding.kind.name) && shown`data leaves the warehouse`,
    (understanding.opaque.length > 0 || understanding.inner.some((inner) => !inner.understood)) &&
      shown`parts of it are not understood`,
    changes && rows >= MANY_ROWS && shown`it changes ${rows} rows`,
    decision.ask.needed > 1 && shown`the policy asks for ${decision.ask.needed} people`,
  ];
  const because = high.filter((reason) => reason !== false);
  if (because.length > 0) return { level: 'high', because };
  if (changes) return { level: 'medium', because: [shown`it changes data`] };
  if (reaches('call')) return { level: 'medium', because: [shown`it calls a procedure`] };
  return { level: 'low', because: [shown`it changes nothing`] };
}

const LEAVES: ReadonlySet<string> = new Set<StatementName>(['copy_into_location', 'copy_files', 'get']);
/** From here on a change is high: nobody looks such a number of rows through afterwards. */
const MANY_ROWS = 10_000;
