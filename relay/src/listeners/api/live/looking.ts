import type { Approval } from '../../../approval/index.ts';
import type { Broadcast } from '../../../broadcast.ts';
import { type Identity, sameAccount } from '../../../identity/index.ts';
import { type Onlooker, readLooking, writeLooking } from './looking-message.ts';
import type { Settle } from './stream.ts';

/**
 * Who is looking at which request, at all relays on this store. In memory alone: it is on no record, decides nothing, and
 * is over by itself when nobody says it again.
 */
export interface Looking {
  /** One connection, whoever its token says it is by then. */
  enter(identity: () => Identity): Looker;
  /** All that is looked at now. */
  all(): readonly Looked[];
  /** `listener` is told of whatever has changed, with nobody in it when it is over. @returns how to stop. */
  follow(listener: (looked: Looked) => void): () => void;
  /** Forgets what was not said again, and tells other relays what is so here. Called at each heartbeat. */
  beat(): void;
  close(): void;
}

export interface Looker {
  /**
   * The request that it shows now. One that it may not see, or that does not wait for others to decide, is as none, and
   * nothing tells the one from the other. Never rejects.
   */
  look(approval: string | null): Promise<void>;
  /** Its token is another one: what it may no longer see, it does not look at. */
  recheck(): void;
  leave(): void;
}

/** A request, and who looks at it, in the order in which they came. */
export interface Looked {
  readonly approval: Approval;
  readonly people: readonly Onlooker[];
}

export interface LookingParts {
  readonly approvals: {
    find(id: string): Promise<Approval | null>;
    maySee(viewer: Identity, approval: Approval): boolean;
  };
  readonly broadcast: Broadcast;
  /** This relay, among those on the store. */
  readonly self: string;
  readonly settle: Settle;
  /** For so long what was said holds. Milliseconds. */
  readonly lookMs: number;
  /** What changes within that is told at once. Milliseconds. */
  readonly gatherMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

interface Look {
  readonly approval: string;
  readonly who: Onlooker;
  readonly until: number;
}

interface LooksThere {
  readonly people: readonly Onlooker[];
  readonly until: number;
}

export function createLooking(parts: LookingParts): Looking {
  const { approvals, broadcast, self, settle, lookMs, gatherMs, now, onError } = parts;
  const own = new Map<Looker, Look>();
  /** By relay, then by request. */
  const elsewhere = new Map<string, Map<string, LooksThere>>();
  /** As they were last read. Who may see one then may see it now: an escalation only adds to them. */
  const known = new Map<string, Approval>();
  const listeners = new Set<(looked: Looked) => void>();
  /** What has not been told of yet, and whether other relays have to be told, too. */
  const changed = new Map<string, boolean>();
  let gathering: NodeJS.Timeout | null = null;
  let isClosed = false;

  const here = (approval: string): readonly Onlooker[] =>
    [...own.values()].filter((look) => look.approval === approval).map(({ who }) => who);
  const everywhere = (approval: string): readonly Onlooker[] => {
    const there = [...elsewhere.values()].flatMap((relay) => relay.get(approval)?.people ?? []);
    return unique([...here(approval), ...there]);
  };
  const say = (approval: string) =>
    void broadcast.say(writeLooking({ relay: self, approval, people: unique(here(approval)) }));

  const change = (approval: string, isOurs: boolean) => {
    changed.set(approval, isOurs || changed.get(approval) === true);
    gather();
  };
  const gather = () => {
    if (!isClosed) gathering ??= setTimeout(() => void tellAll(), gatherMs).unref();
  };
  const tellAll = async () => {
    const all = [...changed];
    changed.clear();
    let isWell = true;
    for (const [id, isOurs] of all) {
      if (isOurs) say(id);
      try {
        await tell(id);
      } catch (error) {
        onError(error);
        // Again at the next beat.
        changed.set(id, changed.get(id) === true);
        isWell = false;
      }
    }
    gathering = null;
    if (isWell && changed.size > 0) gather();
  };
  const tell = async (id: string) => {
    const approval = await approvals.find(id);
    if (approval === null) return;
    // Whoever was put out meanwhile, at any relay, is told nothing of it.
    await settle();
    const people = everywhere(id);
    if (people.length === 0) known.delete(id);
    else known.set(id, approval);
    for (const listener of listeners) listener({ approval, people });
  };

  const put = (looker: Looker, next: Look | null) => {
    const before = own.get(looker);
    // Who says it again keeps their place.
    if (next !== null && before?.approval === next.approval) {
      own.set(looker, next);
      return;
    }
    own.delete(looker);
    if (next !== null) own.set(looker, next);
    if (before !== undefined) change(before.approval, true);
    if (next !== null) change(next.approval, true);
  };
  const mayLook = async (who: Identity, id: string): Promise<boolean> => {
    const approval = await approvals.find(id);
    return (
      approval?.state.phase === 'asked' &&
      approvals.maySee(who, approval) &&
      !sameAccount(who, approval.request.session.identity)
    );
  };

  const hear = (text: string) => {
    const said = readLooking(text);
    if (said === null || said.relay === self) return;
    const { relay, approval, people } = said;
    if (!elsewhere.has(relay) && elsewhere.size >= MOST_RELAYS) return;
    const there = elsewhere.get(relay) ?? new Map<string, LooksThere>();
    const before = there.get(approval);
    if (before === undefined && there.size >= MOST_ELSEWHERE) return;
    elsewhere.set(relay, there);
    if (people.length === 0) there.delete(approval);
    else there.set(approval, { people, until: now() + lookMs });
    if (JSON.stringify(before?.people ?? []) !== JSON.stringify(people)) change(approval, false);
  };
  const stop = broadcast.follow(hear);

  return {
    enter(identity) {
      let asked = 0;
      const looker: Looker = {
        async look(approval) {
          asked += 1;
          const turn = asked;
          const who = identity();
          const may = approval !== null && (await mayLook(who, approval).catch(onError)) === true;
          // What it has said since counts.
          if (turn !== asked) return;
          const { issuer, subject, id, name } = who;
          put(looker, may ? { approval, who: { issuer, subject, id, name }, until: now() + lookMs } : null);
        },
        recheck() {
          const current = own.get(looker);
          if (current !== undefined) void looker.look(current.approval);
        },
        leave() {
          asked += 1;
          put(looker, null);
        },
      };
      return looker;
    },
    all: () => [...known.values()].map((approval) => ({ approval, people: everywhere(approval.id) })),
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    beat() {
      for (const [looker, { until }] of own) if (until <= now()) put(looker, null);
      for (const [relay, there] of elsewhere) {
        for (const [approval, { until }] of there) {
          if (until > now()) continue;
          there.delete(approval);
          change(approval, false);
        }
        if (there.size === 0) elsewhere.delete(relay);
      }
      for (const approval of new Set([...own.values()].map((look) => look.approval))) say(approval);
      if (changed.size > 0) gather();
    },
    close() {
      stop();
      isClosed = true;
      if (gathering !== null) clearTimeout(gathering);
    },
  };
}

/** Requests that are looked at at one other relay, and relays: more than there are. */
const MOST_ELSEWHERE = 10_000;
const MOST_RELAYS = 100;

/** Of one account that looks from several places, the first. */
function unique(people: readonly Onlooker[]): readonly Onlooker[] {
  const found = new Map<string, Onlooker>();
  for (const who of people) {
    const account = JSON.stringify([who.issuer, who.subject]);
    if (!found.has(account)) found.set(account, who);
  }
  return [...found.values()];
}
