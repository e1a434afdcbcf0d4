import { type Authority, isErrorCode, nameOf, type Route } from '@sluice/contract';
import { createAnswerCheck } from '../support/check-answer.ts';
import type { Kind, Who } from './people.ts';
import type { World } from './world.ts';

/** What somebody is answered: `yes`, `nothing` when they are let in but see none of it, or the refusal's code. */
export type Answer = string;

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
  keeper: answer,
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

/**
 * What each kind of token is answered, by what the contract says of the route: the parts of it that depend on whose the
 * token is are given for a token that opens the route.
 */
export function answersFor(authority: Authority, given: GivenAnswers): Row['answers'] {
  const { running, deciding, old } = given as { [Kind in 'running' | 'deciding' | 'old']: Answers };
  switch (authority) {
    case 'anyone':
    case 'signature':
      // Whatever token comes with it, if any.
      return { running, deciding: running };
    case 'run':
      return { running, deciding: cannotRun(running), old: cannotRun(running) };
    case 'own': {
      const either = { ...deciding, pipeline: running.pipeline };
      return { running, deciding: either, old: either };
    }
    case 'watch':
      // However old the sign-in.
      return { running: cannotDecide, deciding: noPipeline(deciding), old: noPipeline(deciding) };
    case 'vote':
      return { running: cannotDecide, deciding: noPipeline(deciding), old: noPipeline(old) };
    case 'decide':
      return { running: cannotDecide, deciding: noPipeline(deciding), old: noPipeline(tooOld) };
    default:
      return authority satisfies never;
  }
}

const noPipeline = (deciding: Answers): Answers => ({ ...deciding, pipeline: 'token_cannot_decide' });

/** What has to be said of a route of this authority: the rest follows. */
export type GivenAnswers<Of extends Authority = Authority> = Of extends 'anyone' | 'signature' | 'run'
  ? { readonly running: Answers }
  : Of extends 'own'
    ? { readonly running: Answers; readonly deciding: Answers }
    : Of extends 'vote'
      ? { readonly deciding: Answers; readonly old: Answers }
      : { readonly deciding: Answers };

/** In a session, where the token is no longer there. */
export const session = (running: Answers): Row['answers'] => ({ running });

type Shows = (body: string, world: World) => boolean;
const always: Shows = () => true;

const checkAnswer = createAnswerCheck();

/** What of a route's request depends on the world; `shows` looks for what is the owner's in the answer. */
export interface RequestParts {
  readonly params?: (world: World, who: Who) => Params | Promise<Params>;
  readonly query?: (world: World) => Params;
  readonly body?: (world: World) => unknown;
  readonly shows?: Shows;
}

type Params = Readonly<Record<string, string>>;

/** A request of a route of the contract. */
export async function askRoute(
  route: Route,
  { params, query, body, shows = always }: RequestParts,
  world: World,
  who: Who,
  kind: Kind,
): Promise<Answer> {
  const named = (await params?.(world, who)) ?? {};
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => named[name]!);
  const search = query === undefined ? '' : `?${new URLSearchParams(query(world)).toString()}`;
  const response = await world.api(who, route.method, `${path}${search}`, body?.(world), kind);
  const text = await response.text();
  checkAnswer(route.method, path, response, text);
  if (response.status < 400) return shows(text, world) ? 'yes' : 'nothing';
  const said = parse(text);
  // Protocols of others have codes of their own.
  const code = said.sluice?.code ?? said.code;
  if (code !== undefined && !isErrorCode(code)) throw new Error(`${nameOf(route)} answered ${code}`);
  return code ?? String(response.status);
}

/** A request of the driver protocol, with the session that each signed in with. */
export const driver =
  (method: string, pathOf: (world: World) => string, body?: unknown): Row['ask'] =>
  async (world, who) =>
    outcome(await world.driver(world.sessionOf(who).session, method, pathOf(world), body));

export async function outcome(response: Response): Promise<Answer> {
  const { success, code } = parse(await response.text());
  return success === true ? 'yes' : (code ?? String(response.status));
}

interface Said {
  readonly success?: boolean;
  readonly code?: string;
  readonly sluice?: { readonly code?: string };
}

function parse(text: string): Said {
  try {
    return JSON.parse(text) as Said;
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
