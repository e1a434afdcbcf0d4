import type { AsWhom, OwnAccount, Reach } from '@sluice/contract';
import { useSearch } from '@tanstack/react-router';
import { Button } from '../design/button.tsx';
import { Notice } from '../design/notice.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Failure } from '../relay/failure.tsx';
import { groupsIn, useReach } from '../relay/people.ts';
import { WORDS } from '../words.ts';
import type { Effect } from '../words/access.ts';
import { PersonChoice } from './person-choice.tsx';
import { ReachedRow } from './reached.tsx';
import { throughIn } from './search.ts';
import { ThroughChoice } from './through-choice.tsx';

/** Which tables somebody gets, and how. */
export function OfPerson({ self }: { readonly self: OwnAccount }) {
  const search = useSearch({ from: '/access' });
  const as = asOf(self, search);
  const reach = useReach(as, throughIn(search));
  const words = WORDS.access.who;
  const pages = reach.data?.pages ?? [];
  const person = pages[0]?.person;
  return (
    <>
      <h1 className="access-lead">
        {person === undefined ? WORDS.access.title : leadOf(as, person.name, pages, reach.hasNextPage)}
      </h1>
      {self.may.audit && <PersonChoice key={JSON.stringify(as)} self={self} as={as} />}
      <ThroughChoice />
      {reach.isPending && <Skeleton rows={5} />}
      {reach.isError && pages.length === 0 && (
        <Failure error={reach.error} retry={() => void reach.refetch()} />
      )}
      {person?.isOut === true && (
        <Notice means="refused" title={words.outTitle(person.name)}>
          {words.outAdvice}
        </Notice>
      )}
      {person !== undefined && as.type !== 'groups' && (
        <p className="hint">
          {person.groups.join(', ')}. {words.asOf}
        </p>
      )}
      {person !== undefined && pages.every(({ objects }) => objects.length === 0) && !reach.hasNextPage && (
        <Notice title={words.none}>{words.noneAdvice}</Notice>
      )}
      {pages.some(({ objects }) => objects.length > 0) && (
        <ul className="rows" aria-label={words.objectsLabel}>
          {pages
            .flatMap(({ objects }) => objects)
            .map((object) => (
              <ReachedRow
                key={`${object.database}.${object.schema}.${object.name}`}
                title={<code>{`${object.database}.${object.schema}.${object.name}`}</code>}
                object={object}
                isAudit={self.may.audit}
              />
            ))}
        </ul>
      )}
      {reach.isFetchNextPageError && <Failure error={reach.error} />}
      {reach.hasNextPage && (
        <div className="access-more">
          <Button disabled={reach.isFetchingNextPage} onClick={() => void reach.fetchNextPage()}>
            {words.more}
          </Button>
        </div>
      )}
    </>
  );
}

function asOf(
  self: OwnAccount,
  { person, groups }: { readonly person?: string; readonly groups?: string },
): AsWhom {
  if (!self.may.audit) return { type: 'self' };
  if (groups !== undefined) return { type: 'groups', groups: groupsIn(groups), kind: 'person' };
  return person === undefined || person === self.identity.id
    ? { type: 'self' }
    : { type: 'person', id: person };
}

function leadOf(as: AsWhom, name: string, pages: readonly Reach[], hasMore: boolean): string {
  const found: Record<Effect, number> = { allow: 0, mask: 0, ask: 0, block: 0 };
  for (const { select } of pages.flatMap(({ objects }) => objects)) found[select.effect] += 1;
  const who =
    as.type === 'self'
      ? 'you'
      : as.type === 'groups'
        ? WORDS.access.who.memberOf(as.groups.join(' and '))
        : name;
  return WORDS.access.who.lead(who, as.type === 'self', found, hasMore);
}
