import type { Who } from './people.ts';
import type { World } from './world.ts';

/** What somebody is answered: `yes`, `nothing` when they are let in but see none of it, or the refusal's code. */
export type Answer = string;

/**
 * What token somebody asks with: the one that they, and their agent, run SQL with; one to decide with; the same of a
 * sign-in that is too old for it. A pipeline has but one.
 */
export type Kind = 'running' | 'deciding' | 'old';

export type Answers = Readonly<Record<Who, Answer>>;

/** One route: what each of the people is answered, when they ask it of what is the owner's. */
export interface Row {
  readonly answers: Readonly<Partial<Record<Kind, Answers>>>;
  readonly ask: (world: World, who: Who, kind: Kind) => Promise<Answer>;
}

export const same = (answer: Answer): Answers => ({
  nobody: answer,
  other: answer,
  owner: answer,
  approver: answer,
  auditor: answer,
  security: answer,
  pipeline: answer,
  revoked: answer,
});
/** Over the API: strangers and revoked people get nowhere, and the rest as said. */
export const signedIn = (answer: Answer, but: Partial<Answers> = {}): Answers => ({
  ...same(answer),
  nobody: 'token_invalid',
  revoked: 'identity_revoked',
  ...but,
});
/** Over the driver protocol: likewise, by Snowflake's codes. */
export const NO_SESSION = '390104';
export const NO_MASTER = '390113';
export const ENDED_SESSION = '390114';
export const NO_SUCH_STATEMENT = '000709';
export const inSession = (answer: Answer, but: Partial<Answers> = {}): Answers => ({
  ...same(answer),
  nobody: NO_SESSION,
  revoked: ENDED_SESSION,
  ...but,
});

/** A pipeline's token is the same whatever it is for. */
const cannotDecide = signedIn('token_cannot_decide');
const cannotRun = (running: Answers) => signedIn('token_cannot_run', { pipeline: running.pipeline });
const tooOld = signedIn('sign_in_needed', { pipeline: 'token_cannot_decide' });

/** For tokens that run SQL alone. */
export const run = (running: Answers): Row['answers'] => ({
  running,
  deciding: cannotRun(running),
  old: cannotRun(running),
});
/** For either: what one sees with a token that runs SQL, and with one that decides. */
export const own = (running: Answers, deciding: Answers): Row['answers'] => ({
  running,
  deciding: { ...deciding, pipeline: running.pipeline },
  old: { ...deciding, pipeline: running.pipeline },
});
/** For tokens that decide, however old the sign-in. */
export const watch = (deciding: Answers): Row['answers'] => ({
  running: cannotDecide,
  deciding: { ...deciding, pipeline: 'token_cannot_decide' },
  old: { ...deciding, pipeline: 'token_cannot_decide' },
});
/** For those alone whose sign-in is recent. */
export const decide = (deciding: Answers, old: Answers = tooOld): Row['answers'] => ({
  running: cannotDecide,
  deciding: { ...deciding, pipeline: 'token_cannot_decide' },
  old: { ...old, pipeline: 'token_cannot_decide' },
});
/** Whatever token comes with it, if any. */
export const open = (answers: Answers): Row['answers'] => ({ running: answers, deciding: answers });
/** In a session, where the token is no longer there. */
export const session = (running: Answers): Row['answers'] => ({ running });

type Shows = (body: string, world: World) => boolean;
const always: Shows = () => true;

/** A request of the API; `shows` looks for what is the owner's in the answer. */
export const api =
  (
    method: string,
    pathOf: (world: World, who: Who) => string | Promise<string>,
    bodyOf: (world: World) => unknown = () => undefined,
    shows: Shows = always,
  ): Row['ask'] =>
  async (world, who, kind) => {
    const path = await pathOf(world, who);
    const response = await world.api(who, method, path, await bodyOf(world), kind);
    const text = await response.text();
    if (response.status < 400) return shows(text, world) ? 'yes' : 'nothing';
    const { code } = parse(text);
    return code ?? String(response.status);
  };

/** A request of the driver protocol, with the session that each signed in with. */
export const driver =
  (method: string, pathOf: (world: World) => string, body?: unknown): Row['ask'] =>
  async (world, who) =>
    outcome(await world.driver(world.sessionOf(who).session, method, pathOf(world), body));

export async function outcome(response: Response): Promise<Answer> {
  const { success, code } = parse(await response.text());
  return success === true ? 'yes' : (code ?? String(response.status));
}

function parse(text: string): { readonly success?: boolean; readonly code?: string } {
  try {
    return JSON.parse(text) as { success?: boolean; code?: string };
  } catch {
    return {};
  }
}

export const ownerSession: Shows = (body, { held }) => body.includes(held.session);

export function form(path: string, fields: Readonly<Record<string, string>>): Row['ask'] {
  return async ({ url, tokenOf }, who, kind) => {
    const token = tokenOf(who, kind);
    const response = await fetch(new URL(path, url), {
      method: 'POST',
      redirect: 'manual',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      body: new URLSearchParams(fields),
    });
    return response.status < 400 ? 'yes' : String(response.status);
  };
}
