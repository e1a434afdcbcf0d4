import type { Approval, ApprovalId, ApprovalsStore } from '../../approval/index.ts';
import { isOpen } from '../../approval/index.ts';
import type { Binds } from '../../warehouse/index.ts';
import type { Database } from '../connection.ts';
import type { Tables } from '../tables.ts';

export function approvalsOn(db: Database): ApprovalsStore {
  const all = () => db.selectFrom('approval').selectAll();

  return {
    async insert(approval) {
      await db.insertInto('approval').values(toRow(approval)).execute();
    },
    async replace(before, after) {
      const { numUpdatedRows } = await db
        .updateTable('approval')
        .set(toRow(after))
        .where('id', '=', before.id)
        .where('revision', '=', before.revision)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    async find(id) {
      const row = await all().where('id', '=', id).executeTakeFirst();
      return row ? fromRow(row) : null;
    },
    async findByStatement(statement) {
      const row = await all()
        .where('statement', '=', statement)
        .orderBy('asked_at', 'desc')
        // The one that is open, if one is: then the other has been ended in its favour.
        .orderBy((is) => is.case().when('due_at', 'is', null).then(1).else(0).end())
        .orderBy('due_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? fromRow(row) : null;
    },
    async open() {
      return (await all().where('due_at', 'is not', null).orderBy('asked_at').execute()).map(fromRow);
    },
    async ended({ before, limit }) {
      const rows = await all()
        .where('due_at', 'is', null)
        .where('asked_at', '<', before)
        .orderBy('asked_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(fromRow);
    },
    async similarTo(approval, limit) {
      const { id, shape, request } = approval;
      const rows = await all()
        .where('id', '!=', id)
        .where((row) =>
          row.or([row('shape', '=', shape), row('requester', '=', request.session.identity.id)]),
        )
        .where('due_at', 'is', null)
        .orderBy('asked_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(fromRow);
    },
    async due(now) {
      const rows = await all()
        .where((row) => row.or([row('due_at', '<=', now), row('escalate_at', '<=', now)]))
        .execute();
      return rows.map(fromRow);
    },
  };
}

type Row = Tables['approval'];

type Content = Pick<
  Approval,
  'bindsDigest' | 'salt' | 'expiresAt' | 'escalated' | 'estimate' | 'state' | 'request' | 'seq'
>;

function toRow(approval: Approval): Row {
  const { request, state, bindsDigest, salt, expiresAt, escalated, estimate, seq } = approval;
  const content: Content = {
    bindsDigest,
    salt,
    expiresAt,
    escalated,
    estimate,
    state,
    seq,
    request: request.kind === 'statement' ? { ...request, binds: {} } : request,
  };
  return {
    id: approval.id,
    statement: request.queryId,
    session: request.session.id,
    requester: request.session.identity.id,
    phase: state.phase,
    shape: approval.shape,
    binding: approval.binding,
    asked_at: approval.askedAt,
    due_at: dueAt(approval),
    escalate_at: escalateAt(approval),
    revision: approval.revision,
    content: JSON.stringify(content),
    binds: request.kind === 'statement' && isOpen(state) ? JSON.stringify(request.binds) : null,
  };
}

function fromRow(row: Row): Approval {
  const content = JSON.parse(row.content) as Omit<Content, 'seq'> & Partial<Content>;
  const binds = row.binds === null ? {} : (JSON.parse(row.binds) as Binds);
  const { request } = content;
  return {
    seq: -1,
    ...content,
    // Those of before access could be asked for ahead are of statements, and do not say so.
    request: request.kind === 'access' ? request : { ...request, kind: 'statement', binds },
    id: row.id as ApprovalId,
    binding: row.binding,
    shape: row.shape,
    askedAt: row.asked_at,
    revision: row.revision,
  };
}

function dueAt({ state, expiresAt }: Approval): number | null {
  if (state.phase === 'asked') return expiresAt;
  return state.phase === 'approved' ? state.usableUntil : null;
}

function escalateAt({ state, escalated, askedAt, request }: Approval): number | null {
  const { escalate } = request.decision.ask;
  return state.phase === 'asked' && !escalated && escalate !== null
    ? askedAt + escalate.afterSeconds * 1000
    : null;
}
