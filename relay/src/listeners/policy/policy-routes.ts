import type { Coverage } from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import type { CoveredObject, Gate } from '../../gate.ts';
import type { Identity, KnownPerson } from '../../identity/index.ts';
import type { Places } from '../../limits/index.ts';
import { loadPolicy, outlineOf, type Policy, policyJsonSchema } from '../../policy/index.ts';
import { mustBeOneOf } from '../api/must-be-one-of.ts';
import { personOf, whomWords } from '../people/index.ts';
import type { Router } from '../router/index.ts';
import { explanationView } from '../statements/index.ts';
import { checkDraft } from './check-draft.ts';
import { coverageCursor, readCoverageCursor } from './coverage-cursor.ts';
import { type SimulationParts, simulateDraft } from './simulate-draft.ts';

export interface PolicyParts extends SimulationParts {
  /** In force. Throws `policy_outdated`. */
  readonly policy: () => Policy;
  readonly people: { list(): Promise<readonly KnownPerson[]> };
  readonly asSomebody: Gate['asSomebody'];
  /** Of statements under way: understanding is work, whether or not anything runs. */
  readonly places: Places;
  /** Puts on the record what somebody has looked at that is others'; durable when the promise resolves. */
  readonly noteOf: (
    what: 'access_looked_at' | 'policy_simulated',
    detail: Readonly<Record<string, string>>,
  ) => Promise<unknown>;
  readonly groups: { readonly security: readonly string[]; readonly auditors: readonly string[] };
  /** A new UUID. */
  readonly newId: () => string;
}

/** Columns of one table that are listed; of a wider one the rest is counted. */
const MOST_COLUMNS = 500;

/**
 * The policy in force, and drafts. Nothing here puts anything in force: that is the policy file's to do, on the relay's own
 * machine, reviewed as any change there.
 */
export async function registerPolicy(router: Router, parts: PolicyParts): Promise<void> {
  const { groups, policy, places, noteOf, newId, lookOver } = parts;
  const mustReadPolicy = (by: Identity) =>
    mustBeOneOf(by, [...groups.auditors, ...groups.security], 'only auditors and the security groups may');
  // Made of the whole document's schema, which takes a while: when first asked for, and then never again.
  let schema: ReturnType<typeof policyJsonSchema> | null = null;
  const inPlace = async <Done>(by: Identity, work: () => Promise<Done>): Promise<Done> => {
    const release = places.take(by.id);
    try {
      return await work();
    } finally {
      release();
    }
  };

  await router.serve('policy', {
    async read({ by }) {
      mustReadPolicy(by);
      const { version, text } = policy();
      const outline = outlineOf(text) ?? { rules: [], tags: [] };
      return { status: 200, body: { version: 1, policyVersion: version, text, ...outline } };
    },

    async schema({ by }) {
      mustReadPolicy(by);
      schema ??= policyJsonSchema();
      return { status: 200, body: { version: 1, schema } };
    },

    async coverage({ by, query: { after, limit }, gone }) {
      mustReadPolicy(by);
      const page = { after: after === undefined ? null : readCoverageCursor(after), most: limit };
      const { objects, next } = await inPlace(by, () => lookOver((overview) => overview.covered(page), gone));
      const body = {
        version: 1,
        objects: objects.map(coveredView),
        next: next && coverageCursor(next),
      } as const;
      return { status: 200, body };
    },

    async check({ by, body: { text, cases } }) {
      mustReadPolicy(by);
      return { status: 200, body: await inPlace(by, () => checkDraft(text, cases)) };
    },

    async try({ by, body: { text, as, sql }, gone }) {
      mustReadPolicy(by);
      const draft = draftOf(text);
      return await inPlace(by, async () => {
        const person = await personOf(by, as, parts.people.list);
        await noteOf('access_looked_at', {
          by: by.id,
          as: whomWords(as, person),
          at: 'a statement, under a draft',
        });
        const client = { application: 'JavaScript', protocol: 'snowflake', agent: null } as const;
        const explained = await parts.asSomebody(
          { person, client },
          { policy: draft, newId },
          (access) => access.statement(sql),
          gone,
        );
        return { status: 200, body: explanationView(explained) };
      });
    },

    async simulate({ by, body: { text, after }, gone }) {
      mustBeOneOf(by, groups.auditors, 'only auditors read the sessions that a draft is simulated on');
      const draft = draftOf(text);
      return await inPlace(by, async () => {
        const simulated = await simulateDraft(parts, draft, after, gone);
        // Before it is answered: whoever reads others' statements is seen to have done so.
        await noteOf('policy_simulated', {
          by: by.id,
          policy: draft.version,
          sessions: String(simulated.sessions),
          statements: String(simulated.statements),
        });
        return { status: 200, body: simulated };
      });
    },
  });
}

function draftOf(text: string): Policy {
  const loaded = loadPolicy(text);
  if (loaded.problems === undefined) return loaded.policy;
  const [{ line, message } = { line: 1, message: '' }] = loaded.problems;
  throw new SluiceError('policy_invalid', `the draft is no policy: line ${line}: ${message}`, {
    advice: 'correct what its check says first',
  });
}

function coveredView({ name, type, rules, columns }: CoveredObject): Coverage['objects'][number] {
  const listed = columns.slice(0, MOST_COLUMNS);
  return {
    ...name,
    type,
    rules: [...rules],
    untagged: listed.filter(({ tags }) => tags.length === 0).map(({ name, type }) => ({ name, type })),
    tagged: listed
      .filter(({ tags }) => tags.length > 0)
      .map(({ name, tags }) => ({ name, tags: [...new Set(tags.map(({ tag }) => tag))] })),
    moreColumns: columns.length - listed.length,
  };
}
