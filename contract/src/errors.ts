const COMPILATION = 'SQL compilation error:\n';

/**
 * Every error that the relay returns, by its code. `docs/errors.md` is generated from this table, and each listener takes
 * its protocol's form of an error from it.
 */
export const ERRORS = {
  // who asks
  token_invalid: signIn(
    'There is no token, or it is not a good one.',
    'Sign in, and send the token that you get.',
  ),
  token_expired: {
    ...signIn('The token is no longer valid.', 'Get a new one from your issuer and send the request again.'),
    snowflake: { code: '390318', sqlState: '08001' },
  },
  token_untrusted: signIn(
    'The token is of an issuer, a program or a pipeline that the relay does not trust.',
    'Sign in where the relay says, or ask the people who run it to add your issuer or rule.',
  ),
  token_other_person: signIn(
    'A connection was sent a token of another account than the one that opened it.',
    'Open a connection of its own for each account.',
  ),
  identity_revoked: signIn('Your access has been revoked.', 'Ask your security team.'),
  token_cannot_run: {
    ...signIn('A token to decide with runs no SQL.', 'Send the token that you run SQL with.'),
    status: 403,
  },
  token_cannot_decide: {
    ...signIn('A token that runs SQL decides nothing.', 'Sign in to decide (`sluice sign-in --decide`).'),
    status: 403,
  },
  sign_in_needed: signIn(
    'This needs a sign-in that is more recent, or of another kind, than the one of the token.',
    'Sign in anew (`sluice sign-in --decide`); the answer’s `WWW-Authenticate` says how recent it has to be.',
  ),

  // the session
  session_unknown: {
    meaning: 'There is no such session, or it is not yours to see.',
    advice: 'Open a new one.',
    status: 404,
    snowflake: { code: '390104', sqlState: '08001' },
  },
  session_expired: {
    meaning: 'The session’s token has expired.',
    advice: 'Renew it with the master token; drivers do so by themselves.',
    status: 410,
    snowflake: { code: '390112', sqlState: '08001' },
  },
  session_ended: {
    meaning: 'The session has ended: it was closed, its token expired, or its person was revoked.',
    advice: 'Sign in again.',
    status: 410,
    // Not 390111: on that, one driver drops the connection and keeps the reason to itself.
    snowflake: { code: '390114', sqlState: '08001' },
  },
  session_changed: {
    meaning: 'The session changed between the decision on a statement and its run: it did not run.',
    advice: 'Send it again: it is decided under what the session is now.',
    status: 409,
    snowflake: { code: '000710', sqlState: '40001' },
  },

  session_elsewhere: {
    meaning: 'The session has something at another relay that cannot be moved, such as a temporary table.',
    advice:
      'Send the statement again, so that it reaches that relay; a balancer should keep a session’s requests at one.',
    status: 503,
    snowflake: { code: '000710', sqlState: '40001' },
    mayPass: true,
  },

  // the request itself
  request_malformed: request(400, 'The request is not as it should be.', 'Correct what the message names.'),
  request_too_large: {
    ...request(413, 'The request is larger than the relay takes.', 'Send less at once.'),
    snowflake: { code: '390400', sqlState: '54000' },
  },
  media_type_unsupported: request(
    415,
    'The request’s body is not of the type that the route takes.',
    'Send `application/json`, unless the API’s document says otherwise.',
  ),
  request_unsupported: {
    meaning: 'There is nothing at this address, or it is not accepted here.',
    advice: 'See the API’s document (`sluice openapi`).',
    status: 404,
    snowflake: { code: '000002', sqlState: '0A000' },
  },
  request_misdirected: request(
    421,
    'The relay is not called by the name that the request was sent to.',
    'Use the configured address, or have the name added to `listen.hostNames`.',
  ),
  client_too_old: request(
    400,
    'The program speaks a version of the API or of the live channel that the relay no longer serves.',
    'Update the program.',
  ),
  relay_too_old: request(
    400,
    'The program speaks a newer version of the API or of the live channel than the relay.',
    'Use the program of the relay’s release, or have the relay updated.',
  ),
  statement_count: {
    meaning: 'The text does not hold the number of statements that was announced.',
    advice: 'Send one statement a request, or ask for multi-statement execution.',
    status: 400,
    snowflake: { code: '000008', sqlState: '0A000' },
  },
  not_a_read: request(
    422,
    'The statement was sent as one that only reads, and it changes something, or may.',
    'Send it as a change, if the person wants that.',
  ),
  duplicate_request: request(
    409,
    'The request’s id was used for another statement.',
    'Use a new id for each statement.',
  ),

  // limits
  rate_limited: {
    ...tooMuch('You have sent too many requests in a short time.', 'Wait for as long as `Retry-After` says.'),
    snowflake: { code: '390400', sqlState: '53400' },
  },
  too_many_sessions: tooMuch('You have too many sessions open.', 'Close some.'),
  too_many_statements: tooMuch('Too many statements are under way.', 'Wait until some have ended.'),
  too_many_held: tooMuch(
    'Too many requests of yours wait for people.',
    'Wait until some are decided, or cancel them.',
  ),
  too_many_channels: tooMuch('You have too many live channels open.', 'Close some.'),
  too_many_subscriptions: tooMuch(
    'You have too many subscriptions on live channels.',
    'End some, or use one for several parts of a program.',
  ),
  record_allowance_used: {
    ...tooMuch('What may be recorded of you in an hour is used up.', 'Wait, or send less.'),
    snowflake: { code: '390400', sqlState: '53400' },
  },

  // what a statement means, and what the policy says of it
  statement_syntax: compilation(
    '001003',
    '42000',
    'The text is not valid SQL.',
    'Correct it where the message says.',
  ),
  statement_not_understood: {
    ...refused('The relay does not understand the statement, and what is not understood is not let through.'),
    advice: 'Write it in a simpler form.',
    status: 422,
  },
  object_unknown: compilation(
    '002003',
    '42S02',
    'There is no such object, or it is not yours to see.',
    'Look at the name, and at the session’s database and schema.',
  ),
  column_unknown: {
    ...compilation('000904', '42000', 'There is no such column.', 'Look at the name.'),
    snowflake: { code: '000904', sqlState: '42000', prefix: COMPILATION, says: 'place' },
  },
  column_ambiguous: compilation(
    '002028',
    '42601',
    'The name could be a column of several tables.',
    'Write the table’s name, or its alias, before it.',
  ),
  function_unknown: compilation('002140', '42601', 'There is no such function.', 'Look at the name.'),
  arguments_invalid: {
    ...compilation(
      '000938',
      '22023',
      'A function has too few or too many arguments.',
      'See its documentation.',
    ),
    snowflake: { code: '000938', sqlState: '22023', prefix: COMPILATION, says: 'place' },
  },
  statement_invalid: compilation(
    '001007',
    '22023',
    'The text is SQL, and its parts do not go together: their numbers of columns differ, say.',
    'Correct what the message names.',
  ),
  blocked: {
    ...refused('The policy refuses the statement.'),
    advice: 'The message names the rule and, where there is one, a form that would pass.',
  },
  policy_invalid: {
    ...failure('A policy cannot be read.'),
    advice: 'Correct the file, and try it with `sluice policy check`.',
    status: 422,
  },

  record_contradicted: {
    ...failure('The record does not hold what was recorded: somebody may have rewritten it. Nothing runs.'),
    advice: 'Tell the people who run the relay: its log and `sluice doctor` say what was found.',
    status: 503,
    snowflake: { code: '370001', sqlState: '57P03' },
  },
  policy_outdated: {
    ...failure(
      'The relay’s policy file is not the policy in force, which another relay on the same store has read.',
    ),
    advice: 'Try again in a moment; if it stays so, the people who run the relay bring its file up to date.',
    status: 503,
    snowflake: { code: '370001', sqlState: '57P03' },
    mayPass: true,
  },

  // approval
  approval_denied: {
    ...refused('An approver has said no.'),
    advice: 'The message gives their reason and, where they propose one, a narrower statement.',
  },
  approval_expired: {
    ...refused('Nobody decided in time, or the approval was not used in time.'),
    advice: 'Send the statement again when somebody can decide.',
    status: 409,
  },
  approval_cancelled: {
    ...cancelled('The request for approval was cancelled, or nobody is asked about this.'),
    advice: 'Send the statement again if it is still wanted.',
  },
  relay_stopping: {
    ...cancelled('The relay stops; what waits for people goes on waiting.'),
    advice: 'Send the request again in a moment.',
    status: 503,
    mayPass: true,
  },
  approval_void: {
    ...refused('The request is no longer what it was: what it covers has changed, or it is over.'),
    advice: 'Read it again, or send the statement again.',
    status: 409,
  },
  person_unknown: {
    ...request(404, 'Nobody of this id has signed in.', 'Look at the list, or ask about their groups.'),
  },
  checkpoint_unknown: {
    ...request(404, 'There is no such checkpoint.', 'See `sluice checkpoint list`.'),
  },
  cosignature_refused: {
    ...request(
      409,
      'This is no cosignature of the relay’s checkpoint over so many events.',
      'Read the newest checkpoint, see that the log goes on to it, and cosign that one.',
    ),
  },
  retention_refused: {
    ...refused('Retention may not run now.'),
    advice: 'See `sluice retention status`.',
    status: 409,
    mayPass: true,
  },
  repair_refused: {
    ...refused('There is nothing on the record that may be repaired so.'),
    advice: 'See what `sluice verify` says of the record.',
    status: 409,
  },
  rows_exceeded: {
    ...refused('The statement would affect more rows than were approved.'),
    advice: 'Narrow it, or ask for more rows.',
  },
  access_not_for_asking: {
    ...refused('Access of this kind, or for so long or so many rows, cannot be asked for ahead.'),
    advice: 'Ask for less, or send the statement when you need it: people are asked about it then.',
    status: 422,
  },
  approver_not_allowed: {
    ...refused('You are not one of those who may do this.'),
    advice: 'Ask somebody of the groups that the message or the request names.',
  },
  person_unclear: {
    ...refused('It cannot be told whether you are somebody else than those concerned.'),
    advice: 'Ask somebody else, or have your issuer send a verified address.',
  },
  approval_unknown: {
    ...refused('There is nothing of this id, or it is not yours to see.'),
    advice: 'Look at the list.',
    status: 404,
  },

  // running
  statement_cancelled: { ...cancelled('The statement was cancelled.'), advice: '' },
  statement_timeout: {
    meaning: 'The statement ran for too long and was stopped.',
    advice: 'Narrow it, or ask the people who run the relay for a larger limit.',
    status: 504,
    snowflake: { code: '000630', sqlState: '57014' },
  },
  statement_failed: {
    meaning: 'The warehouse failed at the statement; its own code is passed on.',
    advice: 'Correct what the message names.',
    status: 422,
    snowflake: { code: '100132', sqlState: 'P0000' },
  },
  statement_outcome_unknown: {
    ...failure('The statement was sent before, and what became of it is not known.'),
    advice: 'Look at what it did before you run it again.',
    status: 502,
    snowflake: { code: '370001', sqlState: '08007' },
  },
  unsupported_by_warehouse: {
    meaning: 'The warehouse behind the relay cannot do this.',
    advice: 'See docs/embedded-warehouse.md for what the embedded one can.',
    status: 422,
    snowflake: { code: '000002', sqlState: '0A000' },
  },
  warehouse_unavailable: {
    ...failure('The warehouse does not answer.'),
    advice: 'Try again in a moment.',
    status: 503,
    snowflake: { code: '370001', sqlState: '57P03' },
  },
  result_unavailable: {
    meaning: 'There is no such statement of yours, or its result is no longer kept.',
    advice: 'Run the statement again, if it is safe to.',
    status: 410,
    snowflake: { code: '000709', sqlState: '02000' },
  },

  statement_elsewhere: {
    meaning: 'Another relay on the same store has the statement, or its rows.',
    advice:
      'Send the request again: a balancer may bring it there. Have it keep a session’s requests at one relay.',
    status: 503,
    snowflake: { code: '000709', sqlState: '57P03' },
    mayPass: true,
  },

  // the relay itself
  record_unavailable: {
    ...failure('The record cannot be written, and nothing runs unrecorded.'),
    advice: 'Tell the people who run the relay; try again later.',
    status: 503,
    snowflake: { code: '370001', sqlState: '58030' },
  },
  config_invalid: {
    ...failure('The relay’s configuration, or a command’s options, are not as they should be.'),
    advice: 'Correct what the message names; `sluice doctor` looks at all of it.',
  },
  internal: failure('Something went wrong in the relay.'),
} as const satisfies Readonly<Record<string, ErrorEntry>>;

/** The closed list of codes. */
export type ErrorCode = keyof typeof ERRORS;

export interface ErrorEntry {
  /** One sentence. */
  readonly meaning: string;
  /** What to do about it, unless the error itself gives better advice; empty when nothing can be done. */
  readonly advice: string;
  /** The status of an HTTP answer. */
  readonly status: number;
  /** What Snowflake's drivers are told (driver protocol, sections 2.4 and 10.1). */
  readonly snowflake: SnowflakeCode;
  /** Whether the same request may succeed later; it had no effect. */
  readonly mayPass?: true;
}

export interface SnowflakeCode {
  /** Six digits: `002003`. */
  readonly code: string;
  /** Five characters: `42S02`. */
  readonly sqlState: string;
  /** How Snowflake's messages with this code begin; some drivers match on it. */
  readonly prefix?: string;
  /** `place`: Snowflake's messages give the line and the column before they say what is wrong. */
  readonly says?: 'place';
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

function signIn(meaning: string, advice: string) {
  return { meaning, advice, status: 401, snowflake: { code: '390303', sqlState: '08001' } };
}

function request(status: number, meaning: string, advice: string) {
  return { meaning, advice, status, snowflake: { code: '390400', sqlState: '08P01' } };
}

/** Drivers retry HTTP 429, one of them for ever (driver protocol, rule 1): an outcome with an SQLSTATE they do not. */
function tooMuch(meaning: string, advice: string) {
  return {
    meaning,
    advice,
    status: 429,
    snowflake: { code: '390400', sqlState: '53300' },
    mayPass: true,
  } as const;
}

function compilation(code: string, sqlState: string, meaning: string, advice: string) {
  return { meaning, advice, status: 422, snowflake: { code, sqlState, prefix: COMPILATION } };
}

function refused(meaning: string) {
  const prefix = 'SQL access control error:\n';
  return { meaning, status: 403, snowflake: { code: '003001', sqlState: '42501', prefix } };
}

function cancelled(meaning: string) {
  const snowflake = { code: '000604', sqlState: '57014', prefix: 'SQL execution canceled: ' };
  return { meaning, status: 409, snowflake };
}

function failure(meaning: string) {
  const snowflake = { code: '370001', sqlState: 'XX000' };
  return { meaning, advice: 'Tell the people who run the relay.', status: 500, snowflake };
}
