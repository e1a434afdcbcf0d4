import type { SnowflakeConfig } from '../../config.ts';
import { openUpstream, type Upstream, type UpstreamNotice } from '../client/index.ts';
import { checkPinned, PINNED } from '../parameters.ts';
import { signInAdvice } from './advice.ts';
import { messageOf } from './message-of.ts';
import { steps, type Tried } from './steps.ts';

/** One thing that was tried on the account, and what is wrong; null: nothing. */
export interface TrialStep {
  readonly what: string;
  readonly problem: string | null;
}

/**
 * Tries on the configured account all that the relay does there, once, as the relay would: with its credential, its role and
 * a temporary table of its own; nothing stays behind. For the account's owner, before people depend on it. Goes on after
 * what fails, but for a sign-in.
 */
export async function* tryAccount(
  config: SnowflakeConfig,
  { now, newId }: { readonly now: () => number; readonly newId: () => string },
): AsyncGenerator<TrialStep> {
  const notices: UpstreamNotice[] = [];
  const upstream = openUpstream({ ...config, warm: 0 }, { now, onNotice: (notice) => notices.push(notice) });
  try {
    yield* tried(config, upstream, notices, newId);
  } finally {
    await upstream.close();
  }
}

async function* tried(
  config: SnowflakeConfig,
  upstream: Upstream,
  notices: readonly UpstreamNotice[],
  newId: () => string,
): AsyncGenerator<TrialStep> {
  const { role, warehouse, database, schema, credential } = config;
  const signIn = `sign-in (${credential.kind})`;
  const signal = () => AbortSignal.timeout(STEP_MS);
  const opened = await upstream
    .openSession({ role, warehouse, database, schema, parameters: PINNED }, signal())
    .catch((error: unknown) => ({ error }));
  if ('error' in opened) {
    const refused = notices.find((notice) => notice.kind === 'sign_in_refused');
    const code = refused?.kind === 'sign_in_refused' ? refused.code : null;
    yield { what: signIn, problem: `${messageOf(opened.error)}; ${signInAdvice(credential.kind, code)}` };
    return;
  }
  yield { what: signIn, problem: null };
  try {
    checkPinned(opened.parameters);
    yield { what: 'session parameters', problem: null };
  } catch (error) {
    yield { what: 'session parameters', problem: messageOf(error) };
  }
  const parts: Tried = { config, session: opened, newId, signal };
  for (const { what, run } of steps) {
    const problem = await run(parts).catch(messageOf);
    yield { what, problem };
  }
  await opened.close();
}

/** No step takes longer. Milliseconds; a suspended warehouse takes some seconds to resume. */
const STEP_MS = 120_000;
