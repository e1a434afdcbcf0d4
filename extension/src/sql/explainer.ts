import { type Explanation, isRelayError, type RelayClient } from '@sluice/contract';
import type { Within } from './script.ts';

/** A statement to be explained, and where its names are looked up. */
export interface Question {
  readonly sql: string;
  readonly within: Within;
}

/** What the relay says of statements, each asked once: whoever asks is on the record. */
export interface Explainer {
  /** Undefined when it is not known yet; null when the relay has nothing to say of it. */
  known(question: Question): Explanation | null | undefined;
  /**
   * Asks for those that are not known, one at a time. What was asked for before and is not under way yet is given up.
   * @returns when all are known, or why no more were asked for
   */
  ask(questions: readonly Question[], onAnswer: () => void): Promise<ExplainerState>;
  /** As `ask`, for one that somebody waits for: beside what is asked for in the background. Null when there is no answer. */
  askNow(question: Question, signal?: AbortSignal): Promise<Explanation | null>;
  /** The session changed, or what the person may do: nothing is known any more. */
  forget(): void;
  /** Gives up what is under way. */
  stop(): void;
}

export type ExplainerState =
  | { readonly state: 'done' }
  /** Others were asked for since, or it was stopped. */
  | { readonly state: 'given_up' }
  /** The relay is not there, or does not answer this person now. `code` is an error's of the client. */
  | { readonly state: 'silent'; readonly code: string; readonly retryAfterMs: number };

export interface ExplainerParts {
  readonly explain: RelayClient['statements']['explain'];
  readonly now: () => number;
}

export function createExplainer({ explain, now }: ExplainerParts): Explainer {
  const answers = new Map<string, { readonly at: number; readonly answer: Explanation | null }>();
  let current: AbortController | null = null;
  let silentUntil = 0;
  let silence = '';

  const known = (question: Question) => {
    const found = answers.get(keyOf(question));
    return found === undefined || now() - found.at > KEPT_MS ? undefined : found.answer;
  };
  const keep = (question: Question, answer: Explanation | null) => {
    answers.delete(keyOf(question));
    answers.set(keyOf(question), { at: now(), answer });
    const [oldest] = answers.keys();
    if (answers.size > MOST && oldest !== undefined) answers.delete(oldest);
  };
  const askOne = async (question: Question, signal: AbortSignal) => {
    const { sql, within } = question;
    try {
      const answer = await explain({ body: { sql, ...within } }, { signal });
      keep(question, answer);
      return answer;
    } catch (error) {
      // Of this text it has nothing to say; of the next it may.
      if (!isRelayError(error) || !ABOUT_THE_TEXT.has(error.code)) throw error;
      keep(question, null);
      return null;
    }
  };

  return {
    known,
    async ask(questions, onAnswer) {
      current?.abort();
      const open = questions.filter((question) => known(question) === undefined);
      if (open.length === 0) return { state: 'done' };
      if (now() < silentUntil) return { state: 'silent', code: silence, retryAfterMs: silentUntil - now() };
      const mine = new AbortController();
      current = mine;
      try {
        for (const question of open) {
          if (mine.signal.aborted) return { state: 'given_up' };
          if (known(question) !== undefined) continue;
          await askOne(question, mine.signal);
          if (!mine.signal.aborted) onAnswer();
        }
        return { state: 'done' };
      } catch (error) {
        if (mine.signal.aborted) return { state: 'given_up' };
        const retryAfterMs = waitOf(error);
        silentUntil = now() + retryAfterMs;
        silence = isRelayError(error) ? error.code : 'unknown';
        return { state: 'silent', code: silence, retryAfterMs };
      } finally {
        if (current === mine) current = null;
      }
    },
    async askNow(question, signal = new AbortController().signal) {
      const before = known(question);
      if (before !== undefined) return before;
      try {
        return await askOne(question, signal);
      } catch {
        return null;
      }
    },
    forget() {
      current?.abort();
      answers.clear();
      silentUntil = 0;
    },
    stop: () => current?.abort(),
  };
}

/** What a policy says may change by the hour, and grants end. */
const KEPT_MS = 5 * 60_000;
const MOST = 500;
const ABOUT_THE_TEXT: ReadonlySet<string> = new Set([
  'statement_count',
  'request_malformed',
  'request_too_large',
  'answer_not_understood',
]);

/** A relay that is not there, or has had enough, is left alone for a while. */
function waitOf(error: unknown): number {
  const seconds = isRelayError(error) ? error.retryAfterSeconds : null;
  return Math.max(5, Math.min(seconds ?? 15, 300)) * 1_000;
}

function keyOf({ sql, within: { database, schema } }: Question): string {
  return JSON.stringify([sql, database ?? null, schema ?? null]);
}
