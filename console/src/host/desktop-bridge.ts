import {
  approvalSummary,
  breakGlassReview,
  liveLooking,
  type LiveTopic,
  liveStatement,
  recordedEvent,
} from '@sluice/contract';
import { z } from 'zod';

/** What an error says, here and over HTTP (docs/errors.md). */
export const trouble = z.strictObject({ code: z.string(), message: z.string(), advice: z.string() });
export type Trouble = z.infer<typeof trouble>;

/**
 * What the desktop app's main process does for the console's pages, as `window.sluice`: a call for everything that takes
 * the person's token or key, which pages never see, and news that come by themselves. Whatever else pages need, they ask
 * their own origin for. It is said here since pages say what they need; the app makes both of its ends of these tables.
 *
 * Which relay is meant, the app knows by the page that calls. A page cannot say.
 */
export const CONSOLE_CALLS = {
  /** What holds now; whenever it changes, it comes as news. */
  state: call(nothing(), hostState()),
  signInPlaces: call(nothing(), z.array(z.strictObject({ issuer: z.string() }))),
  /** In the system's browser. Answered when the person is back. */
  signIn: call(z.strictObject({ issuer: z.string() }), nothing()),
  signOut: call(nothing(), nothing()),
  /** Signed by this device where it is enrolled. The page has to be the request's own for a yes. */
  decide: call(decision(), approvalSummary),
  /** Keeps a session on this computer. Answered when it is there, and was found intact. */
  download: call(z.strictObject({ session: z.uuid() }), nothing()),
  subscribe: call(z.strictObject({ id: subscription(), topic: topic() }), nothing()),
  unsubscribe: call(z.strictObject({ id: subscription() }), nothing()),
  /** The request that the page shows; null for none. The app tells the relay, and forgets it with the page. */
  look: call(z.strictObject({ approval: z.uuid().nullable() }), nothing()),
} as const;

export const CONSOLE_NEWS = {
  state: hostState(),
  live: z.strictObject({ id: subscription(), update: liveUpdate() }),
} as const;

/** Errors lose their members on the way between the worlds of Electron: they are answers. */
export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Trouble };

export interface BridgeCall<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly input: Input;
  readonly output: Output;
}
export type BridgeCalls = Readonly<Record<string, BridgeCall>>;
export type BridgeNews = Readonly<Record<string, z.ZodType>>;

/** What a preload script makes of such tables for pages. */
export interface Bridge<Calls extends BridgeCalls, News extends BridgeNews> {
  readonly call: {
    readonly [Name in keyof Calls]: (
      input: z.infer<Calls[Name]['input']>,
    ) => Promise<Outcome<z.infer<Calls[Name]['output']>>>;
  };
  readonly on: {
    /** @returns what ends it. */
    readonly [Name in keyof News]: (listener: (news: z.infer<News[Name]>) => void) => () => void;
  };
}

export type DesktopBridge = Bridge<typeof CONSOLE_CALLS, typeof CONSOLE_NEWS>;
export type HostState = z.infer<(typeof CONSOLE_NEWS)['state']>;
export type LiveNews = z.infer<(typeof CONSOLE_NEWS)['live']>;

function hostState() {
  return z.strictObject({
    reach: z.enum(['relay', 'downloads']),
    /** Where others find the same pages: the relay's address. */
    url: z.string(),
    /** Null while nobody has signed in. */
    person: z.strictObject({ name: z.string().nullable() }).nullable(),
    /** Whether the person was signed in until their sign-in ended by itself. */
    hasEnded: z.boolean(),
    connection: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('signed_out') }),
      z.strictObject({ type: z.literal('connecting') }),
      z.strictObject({ type: z.literal('connected') }),
      z.strictObject({ type: z.literal('offline'), error: trouble }),
      z.strictObject({ type: z.literal('refused'), error: trouble }),
    ]),
    device: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('none') }),
      z.strictObject({ type: z.literal('unknown') }),
      z.strictObject({ type: z.literal('unavailable'), why: z.string() }),
      z.strictObject({ type: z.literal('not_enrolled') }),
      z.strictObject({ type: z.literal('waiting'), fingerprint: z.string() }),
      z.strictObject({ type: z.literal('enrolled') }),
      z.strictObject({ type: z.literal('revoked') }),
    ]),
  });
}

function decision() {
  return z.strictObject({
    approval: z.uuid(),
    /** `bindingOf` what the page displayed. */
    shown: z.string().regex(/^[0-9a-f]{64}$/),
    verdict: z.enum(['approve', 'deny']),
    comment: z.string().max(4_000),
    proposal: z.string().min(1).max(100_000).nullable(),
    mostRows: z.int().nonnegative().nullable(),
    grantSeconds: z.int().positive().nullable(),
    grantRows: z.int().positive().nullable(),
  });
}

/** The page's own name for it. */
function subscription() {
  return z.string().min(1).max(64);
}

/** The contract's `LiveTopic`, of which pages use these. */
function topic() {
  return z.discriminatedUnion('name', [
    z.strictObject({ name: z.literal('approvals') }),
    z.strictObject({ name: z.literal('statements') }),
    z.strictObject({ name: z.literal('looking') }),
    z.strictObject({ name: z.literal('session'), session: z.string().max(100) }),
  ]) satisfies z.ZodType<LiveTopic>;
}

function liveUpdate() {
  return z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('approval'), approval: approvalSummary }),
    z.strictObject({ type: z.literal('review'), review: breakGlassReview }),
    z.strictObject({ type: z.literal('statement'), statement: liveStatement }),
    z.strictObject({ type: z.literal('event'), event: recordedEvent }),
    z.strictObject({ type: z.literal('looking'), looking: liveLooking }),
    z.strictObject({ type: z.literal('resync') }),
    z.strictObject({ type: z.literal('ended'), error: trouble }),
  ]);
}

function nothing() {
  return z.null();
}

function call<Input extends z.ZodType, Output extends z.ZodType>(
  input: Input,
  output: Output,
): BridgeCall<Input, Output> {
  return { input, output };
}
