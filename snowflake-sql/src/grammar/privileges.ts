import { peekObjectType } from './object-type.ts';
import { type Parser, isAnyWord, isSymbol, isWord, textOfToken } from './parser.ts';

/**
 * How many of the next words name a privilege, by the longest match; 0 when none does. The caller must check what
 * follows (ON, a comma, columns), so that `OWNERSHIP TABLE t` is not taken for a privilege.
 */
export function privilegeWords(p: Parser): number {
  const caller = callerWords(p);
  if (isWord(p, 'CREATE', caller)) {
    const created = createdWords(p, caller + 1);
    return created === 0 ? 0 : caller + 1 + created;
  }
  let longest = 0;
  let text = '';
  for (let count = 1; count <= LONGEST && isAnyWord(p, caller + count - 1); count++) {
    const next = textOfToken(p, caller + count - 1).toUpperCase();
    text = count === 1 ? next : `${text} ${next}`;
    if (PRIVILEGES.has(text)) longest = caller + count;
  }
  return longest;
}

/** The prefix of a caller grant, for routines with caller's rights: `CALLER SELECT`, `INHERITED CALLER SELECT`. */
function callerWords(p: Parser): number {
  if (isWord(p, 'CALLER')) return 1;
  return isWord(p, 'INHERITED') && isWord(p, 'CALLER', 1) ? 2 : 0;
}

/** How many words after CREATE name a type of object or a class; for a class, only its first part, before the dots. */
function createdWords(p: Parser, ahead: number): number {
  if (isAnyWord(p, ahead) && isSymbol(p, '.', ahead + 1)) return 1;
  for (const phrase of CREATED) {
    if (
      phrase.every((each, i) => isAnyWord(p, ahead + i) && textOfToken(p, ahead + i).toUpperCase() === each)
    )
      return phrase.length;
  }
  return peekObjectType(p, ahead)?.words.length ?? 0;
}

/** What a CREATE privilege can name other than a type of object. */
const CREATED: readonly (readonly string[])[] = [
  'DATA EXCHANGE LISTING',
  'ORGANIZATION LISTING',
  'SNOWFLAKE POSTGRES INSTANCE',
  'TEMPORARY TABLE',
].map((phrase) => phrase.split(' '));

/** From Snowflake's documentation page "Access control privileges". */
const PRIVILEGES: ReadonlySet<string> = new Set(
  `
  ADD SEARCH OPTIMIZATION
  ALL
  ALL CALLER PRIVILEGES
  ALL INHERITED CALLER PRIVILEGES
  ALL PRIVILEGES
  APPLY
  APPLYBUDGET
  APPLY AGGREGATION POLICY
  APPLY AUTHENTICATION POLICY
  APPLY BACKUP POLICY
  APPLY BACKUP RETENTION LOCK
  APPLY BUDGET
  APPLY CONTACT
  APPLY FEATURE POLICY
  APPLY JOIN POLICY
  APPLY LEGAL HOLD
  APPLY MASKING POLICY
  APPLY PACKAGES POLICY
  APPLY PASSWORD POLICY
  APPLY PRIVACY POLICY
  APPLY PROJECTION POLICY
  APPLY RESOURCE GROUP
  APPLY ROW ACCESS POLICY
  APPLY SESSION POLICY
  APPLY SNAPSHOT POLICY
  APPLY SNAPSHOT RETENTION LOCK
  APPLY STORAGE LIFECYCLE POLICY
  APPLY TAG
  ATTACH LISTING
  ATTACH POLICY
  AUDIT
  BIND SERVICE ENDPOINT
  CANCEL QUERY
  DELETE
  EVOLVE SCHEMA
  EXECUTE
  EXECUTE ALERT
  EXECUTE AUTO CLASSIFICATION
  EXECUTE DATA METRIC FUNCTION
  EXECUTE MANAGED ALERT
  EXECUTE MANAGED TASK
  EXECUTE TASK
  FAILOVER
  IMPERSONATE
  IMPORT
  IMPORTED PRIVILEGES
  IMPORT ORGANIZATION LISTING
  IMPORT ORGANIZATION USER GROUPS
  IMPORT SHARE
  INSERT
  INSTALL
  MANAGE ACCOUNT SUPPORT CASES
  MANAGE BILLING
  MANAGE EVENT SHARING
  MANAGE FIREWALL CONFIGURATION
  MANAGE GRANTS
  MANAGE LISTING AUTO FULFILLMENT
  MANAGE ORGANIZATION SUPPORT CASES
  MANAGE RELEASES
  MANAGE SHARE TARGET
  MANAGE USER SUPPORT CASES
  MANAGE VERSIONS
  MANAGE VISIBILITY
  MANAGE WAREHOUSES
  MODIFY
  MODIFY LOG LEVEL
  MODIFY METRIC LEVEL
  MODIFY PROGRAMMATIC AUTHENTICATION METHODS
  MODIFY SESSION LOG LEVEL
  MODIFY SESSION METRIC LEVEL
  MODIFY SESSION TRACE LEVEL
  MODIFY TRACE LEVEL
  MONITOR
  MONITOR EXECUTION
  MONITOR SECURITY
  MONITOR USAGE
  OPERATE
  OVERRIDE SHARE RESTRICTIONS
  OWNERSHIP
  PURCHASE DATA EXCHANGE LISTING
  READ
  READ SESSION
  READ UNREDACTED AI OBSERVABILITY EVENTS TABLE
  REBUILD
  REFERENCES
  REFERENCE_USAGE
  REPLICATE
  RESOLVE ALL
  SELECT
  SELECT ERROR TABLE
  TRUNCATE
  UPDATE
  USAGE
  USE ANY ROLE
  USE_ANY_ROLE
  VIEW LINEAGE
  WRITE
  `
    .trim()
    .split(/\n\s*/),
);

/** The maximum number of words in a privilege. */
const LONGEST = Math.max(...[...PRIVILEGES].map((each) => each.split(' ').length));
