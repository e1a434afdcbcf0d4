import { signatures } from './notation.ts';

/** Arguments can only be literals: a number of fractional-second digits, or how many statements to go back. */
export const CONTEXT = signatures(
  'context',
  `
  CURRENT_ACCOUNT, CURRENT_ACCOUNT_NAME, CURRENT_CLIENT, CURRENT_DATABASE, CURRENT_IP_ADDRESS, CURRENT_ORGANIZATION_NAME,
    CURRENT_REGION, CURRENT_ROLE, CURRENT_ROLE_TYPE, CURRENT_SCHEMA, CURRENT_SECONDARY_ROLES, CURRENT_SESSION,
    CURRENT_STATEMENT, CURRENT_TRANSACTION, CURRENT_USER, CURRENT_VERSION, CURRENT_WAREHOUSE, LAST_TRANSACTION,
    INVOKER_ROLE, INVOKER_SHARE, CURRENT_AVAILABLE_ROLES, CURRENT_SCHEMAS(): text
  ALL_USER_NAMES(): variant
  CURRENT_DATE, SYSDATE, GETDATE(): time
  CURRENT_TIME, CURRENT_TIMESTAMP, LOCALTIME, LOCALTIMESTAMP, SYSTIMESTAMP(number!?): time
  LAST_QUERY_ID(number!?): text
  SEQ1, SEQ2, SEQ4, SEQ8(number!?): integer
  PI(): float
  `,
);

/** Functions of the session that also depend on their argument: the role's name may be a column's value. */
export const SESSION_QUESTIONS = signatures(
  'scalar',
  `
  IS_ROLE_IN_SESSION, IS_DATABASE_ROLE_IN_SESSION, IS_APPLICATION_ROLE_IN_SESSION, IS_INSTANCE_ROLE_IN_SESSION,
    IS_GRANTED_TO_INVOKER_ROLE(text!): boolean
  `,
);
