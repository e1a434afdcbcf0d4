import type { EventBody } from '@sluice/contract';
import type { ProvingReaders } from '../recording/index.ts';
import type { StoredReview } from './ports.ts';

/**
 * What a review says otherwise than the session in which break-glass was used; null when it says the same. Of a session of which
 * retention has removed what it said, nothing can be told.
 */
export async function wrongReview(
  { events }: Pick<ProvingReaders, 'events'>,
  { review }: StoredReview,
): Promise<string | null> {
  const rows = await events.ofTypes(review.session, ['notice']);
  const notices = rows.flatMap(({ body }) => {
    const said = body === null ? null : (JSON.parse(body) as EventBody);
    return said?.type === 'notice' && said.detail['review'] === review.id ? [said] : [];
  });
  const used = notices.find(({ what }) => what === 'break_glass')?.detail;
  const closing = notices.find(({ what }) => what === 'break_glass_reviewed')?.detail;
  if (used === undefined) {
    const isRemoved = rows.some(({ body }) => body === null);
    return isRemoved ? null : 'of break-glass that nobody has used on the record';
  }
  const { statement, entry, reason, lifted, closed } = review;
  const isSame =
    used['statement'] === statement &&
    used['entry'] === entry &&
    used['reason'] === reason &&
    used['rule'] === lifted.rule &&
    used['would'] === lifted.effect;
  if (!isSame) return 'which says otherwise than the record';
  if ((closed === null) !== (closing === undefined))
    return closed === null
      ? 'which is open, and was closed on the record'
      : 'which is closed, and by nobody on the record';
  const isClosedSo =
    closed === null || (closing?.['by'] === closed.by.id && closing['comment'] === closed.comment);
  return isClosedSo ? null : 'which was closed by another, or otherwise, on the record';
}
