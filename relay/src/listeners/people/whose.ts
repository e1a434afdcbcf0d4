import type { AsWhom } from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import { type Identity, type KnownPerson, readIdentityId } from '../../identity/index.ts';

/**
 * Who a question is about.
 *
 * @throws SluiceError `person_unknown`.
 */
export async function personOf(
  by: Identity,
  as: AsWhom,
  people: () => Promise<readonly KnownPerson[]>,
): Promise<KnownPerson> {
  switch (as.type) {
    case 'self':
      return by;
    case 'person': {
      const id = readIdentityId(as.id);
      const found = (await people()).find((person) => person.id === id);
      if (found === undefined) throw new SluiceError('person_unknown', 'nobody of this id has signed in');
      return found;
    }
    case 'groups':
      return { ...NOBODY, groups: as.groups, kind: as.kind };
    default:
      return as satisfies never;
  }
}

/** For the record. */
export function whomWords(as: AsWhom, person: KnownPerson): string {
  return as.type === 'groups' ? `groups ${as.groups.join(', ')}` : person.id;
}

const NOBODY: Omit<KnownPerson, 'groups' | 'kind'> = {
  id: readIdentityId('somebody'),
  issuer: '',
  subject: 'somebody',
  name: 'somebody',
  person: {},
};
