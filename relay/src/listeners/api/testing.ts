import type { RouteGroup, Routes } from '@sluice/contract';
import { expect } from 'vitest';
import { ada, NINE, person } from '../../approval/testing.ts';
import type { SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import type { Router } from '../router/index.ts';
import type { ApiParts } from './parts.ts';

export const ID = '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11';
export const AT = '2026-11-20T09:00:00.000Z';
export const sam = person('sam', ['security']);
export const kim = person('kim', ['keepers']);
export const tom = person('tom', ['auditors']);
/** Of all groups, and no person: what it holds can be stolen. */
const pipeline = person('ci', ['security', 'auditors', 'keepers'], { kind: 'workload' });
const agent = person('kim', ['security', 'auditors', 'keepers'], { mayDecide: false });
const everybody = { ada, sam, kim, tom, pipeline, agent };

export type Handler = (given: object) => Promise<{ readonly status: number; readonly body: Answer }>;
export type Answer = Readonly<Record<string, unknown>>;

export interface Told {
  /** What the parts were asked, in order. */
  asked: unknown[];
  /** What they answer, by part and method. */
  answers: Record<string, unknown>;
}

/** Parts that remember what they are asked, and the handlers over them, without the router before them. */
export function remembering() {
  const told: Told = { asked: [], answers: {} };

  /** A part of which each method is remembered with what it is asked, and answers what it is told to. */
  function part(name: string): never {
    const method =
      (called: string) =>
      (...given: unknown[]) => {
        told.asked.push([`${name}.${called}`, ...given.map(shortened)]);
        return told.answers[`${name}.${called}`];
      };
    return new Proxy({}, { get: (_, called: string) => method(called) }) as never;
  }

  const parts = {
    approvals: part('approvals'),
    live: { approvalsCursor: () => 'cursor' },
    openings: part('openings'),
    reviews: part('reviews'),
    devices: part('devices'),
    enrolmentRepair: part('repair'),
    checkpoints: part('checkpoints'),
    holds: part('holds'),
    retention: part('retention'),
    revocations: part('revocations'),
    sessions: part('sessions'),
    sessionAccess: {
      isAuditor: (who: Identity) => who.groups.includes('auditors'),
      mustRead: async (who: Identity, session: string) =>
        void told.asked.push(['access.mustRead', who.subject, session]),
    },
    noteOf: async (...given: unknown[]) => void told.asked.push(['note', ...given]),
    defaults: { database: 'SHOP', schema: 'PUBLIC' },
    groups: { security: ['security'], auditors: ['auditors'], recordKeepers: ['keepers'] },
    now: () => NINE,
  } as unknown as ApiParts;

  /** The handlers of a group's routes, without the router before them. */
  async function handlersOf<Group extends RouteGroup>(
    group: Group,
    routes: (router: Router, parts: ApiParts) => Promise<void>,
  ): Promise<Readonly<Record<keyof Routes[Group], Handler>>> {
    const served = new Map<string, unknown>();
    const router: Router = {
      serve: async (name, handlers) => void served.set(name, handlers),
      complete: () => {},
    };
    await routes(router, parts);
    return served.get(group) as Readonly<Record<keyof Routes[Group], Handler>>;
  }

  return {
    told,
    handlersOf,
    forget() {
      told.asked = [];
      told.answers = {};
    },
  };
}

/** Who is let in, of everybody. */
export async function letIn(work: (by: Identity) => Promise<unknown>): Promise<readonly string[]> {
  const codes = Object.entries(everybody).map(async ([name, by]) => {
    const code = await work(by).then(
      () => 'in',
      (error: SluiceError) => error.code,
    );
    return { name, code };
  });
  const found = await Promise.all(codes);
  const others = found.filter(({ code }) => code !== 'in').map(({ code }) => code);
  expect(new Set(others)).toEqual(new Set(['approver_not_allowed']));
  return found.filter(({ code }) => code === 'in').map(({ name }) => name);
}

/** People by their names alone. */
function shortened(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'issuer' in value && 'subject' in value
    ? value.subject
    : value;
}
