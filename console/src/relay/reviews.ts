import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRelay } from './relay-provider.tsx';

export const REVIEWS = ['reviews'];

/** What ran under break-glass and is to be looked at: the viewer's own, too, which others review. */
export function useOpenReviews() {
  const { client } = useRelay();
  return useQuery({
    queryKey: [...REVIEWS, 'open'],
    queryFn: async ({ signal }) =>
      (await client.breakGlass.reviews({ query: { state: 'open' } }, { signal })).reviews,
  });
}

/** One of them, open or closed; null when there is none that the viewer may see. */
export function useReview(id: string) {
  const { client } = useRelay();
  return useQuery({
    queryKey: [...REVIEWS, 'one', id],
    async queryFn({ signal }) {
      for (const state of ['open', 'closed'] as const) {
        const { reviews } = await client.breakGlass.reviews({ query: { state } }, { signal });
        const found = reviews.find((review) => review.id === id);
        if (found !== undefined) return found;
      }
      return null;
    },
  });
}

export function useCloseReview(id: string) {
  const { client } = useRelay();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (comment: string) => client.breakGlass.close({ params: { id }, body: { comment } }),
    onSettled: () => queries.invalidateQueries({ queryKey: REVIEWS }),
  });
}
