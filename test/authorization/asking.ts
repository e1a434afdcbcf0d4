import type { Who } from './people.ts';
import type { World } from './world.ts';

/** What somebody is answered: `yes`, `nothing` when they are let in but see none of it, or the refusal's code. */
export type Answer = string;

/** One route: what each of the people is answered, when they ask it of what is the owner's. */
export interface Row {
  readonly answers: Readonly<Record<Who, Answer>>;
  readonly ask: (world: World, who: Who) => Promise<Answer>;
}

export const same = (answer: Answer): Row['answers'] => ({
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
export const signedIn = (answer: Answer, but: Partial<Row['answers']> = {}): Row['answers'] => ({
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
export const inSession = (answer: Answer, but: Partial<Row['answers']> = {}): Row['answers'] => ({
  ...same(answer),
  nobody: NO_SESSION,
  revoked: ENDED_SESSION,
  ...but,
});

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
  async (world, who) => {
    const path = await pathOf(world, who);
    const response = await world.api(who, method, path, await bodyOf(world));
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
  return async ({ url, tokens }, who) => {
    const token = tokens.get(who);
    const response = await fetch(new URL(path, url), {
      method: 'POST',
      redirect: 'manual',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      body: new URLSearchParams(fields),
    });
    return response.status < 400 ? 'yes' : String(response.status);
  };
}
