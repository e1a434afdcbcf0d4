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
   * Asks for those that are not known, one at a time, whoever asks. What was asked for before on behalf of the same text is given
   * up, if it is not under way yet.
   *
   * @param text which of those that are open they are of
   * @returns when all are known, or why no more were asked for
   */
  ask(text: string, questions: readonly Question[], onAnswer: () => void): Promise<ExplainerState>;
  /** As `ask`, for one that somebody waits for: beside what is asked for in the background. Null when there is no answer. */
  askNow(question: Question, signal?: AbortSignal): Promise<Explanation | null>;
  /** The session changed, or what the person may do: nothing is known any more. */
  forget(): void;
  /** Gives up what is under way: on behalf of one text, or at all. */
  stop(text?: string): void;
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
  const answers = new Map<
    string,
    { readonly at: number; readonly sql: string; readonly answer: Explanation | null }
  >();
  const current = new Map<string, AbortController>();
  /** Ends with what is under way. */
  let turn: Promise<unknown> = Promise.resolve();
  let silentUntil = 0;
  let silence = '';

  /** How many answers are kept of a text, wherever its names are looked up. */
  const texts = new Map<string, number>();
  const drop = (key: string, sql: string) => {
    if (!answers.delete(key)) return;
    const left = (texts.get(sql) ?? 1) - 1;
    if (left === 0) texts.delete(sql);
    else texts.set(sql, left);
  };

  const known = (question: Question) => {
    // It is asked of each statement of a long text: of nearly all, nothing is known.
    if (!texts.has(question.sql)) return undefined;
    const found = answers.get(keyOf(question));
    return found === undefined || now() - found.at > KEPT_MS ? undefined : found.answer;
  };
  const keep = (question: Question, answer: Explanation | null) => {
    const { sql } = question;
    drop(keyOf(question), sql);
    answers.set(keyOf(question), { at: now(), sql, answer });
    texts.set(sql, (texts.get(sql) ?? 0) + 1);
    const [oldest] = answers;
    if (answers.size > MOST && oldest !== undefined) drop(oldest[0], oldest[1].sql);
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

  const inTurn = async (work: () => Promise<unknown>) => {
    const done = turn.then(work);
    turn = done.catch(() => {});
    await done;
  };
  const isSilent = () => now() < silentUntil;
  const silent = (): ExplainerState => ({
    state: 'silent',
    code: silence,
    retryAfterMs: silentUntil - now(),
  });

  return {
    known,
    async ask(text, questions, onAnswer) {
      current.get(text)?.abort();
      const open = questions.filter((question) => known(question) === undefined);
      if (open.length === 0) return { state: 'done' };
      const mine = new AbortController();
      current.set(text, mine);
      try {
        for (const question of open) {
          await inTurn(async () => {
            if (mine.signal.aborted || isSilent() || known(question) !== undefined) return;
            await askOne(question, mine.signal);
          });
          if (mine.signal.aborted) return { state: 'given_up' };
          if (known(question) === undefined && isSilent()) return silent();
          onAnswer();
        }
        return { state: 'done' };
      } catch (error) {
        if (mine.signal.aborted) return { state: 'given_up' };
        silentUntil = now() + waitOf(error);
        silence = isRelayError(error) ? error.code : 'unknown';
        return silent();
      } finally {
        if (current.get(text) === mine) current.delete(text);
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
      for (const each of current.values()) each.abort();
      answers.clear();
      texts.clear();
      silentUntil = 0;
    },
    stop(text) {
      for (const [each, under] of current) if (text === undefined || each === text) under.abort();
    },
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
