import type { RecordedEvent, SessionSummary } from '@sluice/contract';

/** Takes a session's events, one after the other, for what a list says of it. */
export function tally(session: string, log: string) {
  const decided = new Map<string, string>();
  const failed = new Set<string>();
  let statements = 0;
  let events = 0;
  let openedAt: string | null = null;
  let closedAt: string | null = null;
  let isHeld = false;
  let who = { person: '', name: '', application: '', agent: null as string | null };
  return {
    add(event: RecordedEvent): void {
      events += 1;
      openedAt ??= event.at;
      const type = 'body' in event ? event.body.type : event.type;
      if (type === 'closed') closedAt = event.at;
      if (!('body' in event)) return;
      const { body } = event;
      if (body.type === 'opened') {
        const { identity, client } = body;
        who = {
          person: identity.id,
          name: identity.name,
          application: client.application,
          agent: client.agent,
        };
      } else if (body.type === 'statement') statements += 1;
      else if (body.type === 'decision') decided.set(body.statement, body.effect);
      else if (body.type === 'error' && body.statement !== null) failed.add(body.statement);
      else if (body.type === 'hold') isHeld = body.held;
    },
    summary(): SessionSummary {
      const count = (effect: string) => [...decided.values()].filter((each) => each === effect).length;
      return {
        session,
        openedAt: openedAt ?? new Date(0).toISOString(),
        closedAt,
        ...who,
        held: isHeld,
        events,
        isRelay: session === log,
        outcomes:
          session === log
            ? null
            : {
                statements,
                allowed: count('allow'),
                masked: count('mask'),
                held: count('ask'),
                blocked: count('block'),
                failed: failed.size,
              },
      };
    },
  };
}
