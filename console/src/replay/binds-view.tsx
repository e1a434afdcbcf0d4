import { isRelayError } from '@sluice/contract';
import { useQuery } from '@tanstack/react-query';
import { Notice } from '../design/notice.tsx';
import { Fact, Panel } from '../design/panel.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Failure } from '../relay/failure.tsx';
import { useRelay } from '../relay/relay-provider.tsx';
import { WORDS } from '../words.ts';
import { isForged, type Proven, readPayload } from './payload.ts';

export interface BindsViewProps {
  readonly session: string;
  /** Of the event of the statement. */
  readonly seq: number;
  readonly address: string;
  readonly proven: Proven;
}

/** One parameter of a statement; of a batch, one value a row. */
interface Bind {
  readonly type: string;
  readonly value: string | null | readonly (string | null)[];
}

/** What stood in the place of a statement's question marks, as the client sent it: nothing of it is masked. */
export function BindsView({ session, seq, address, proven }: BindsViewProps) {
  const { client } = useRelay();
  const words = WORDS.replay;
  const query = useQuery({
    queryKey: ['binds', session, seq, address],
    async queryFn({ signal }) {
      const { bytes, digest } = await readPayload(client, { id: session, seq, place: 0 }, signal);
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      return { digest, binds: Object.entries(JSON.parse(text) as Record<string, Bind>) };
    },
    gcTime: 30_000,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (query.isPending) return <Skeleton rows={1} />;
  if (query.isError) {
    const isGone = isRelayError(query.error) && query.error.code === 'result_unavailable';
    if (isGone) return <Notice title={words.bindsGone} />;
    return <Failure error={query.error} retry={() => void query.refetch()} />;
  }
  if (isForged(proven, address, query.data.digest)) {
    return (
      <Notice means="refused" title={words.bindsForged} isAlert>
        {words.rowsForgedAdvice}
      </Notice>
    );
  }
  return (
    <Panel title={WORDS.request.binds}>
      <dl className="facts">
        {query.data.binds.map(([position, { type, value }]) => {
          const values = typeof value === 'object' && value !== null ? value : [value];
          return (
            <Fact key={position} name={`?${position} ${type}`}>
              <code dir="auto">
                {values
                  .slice(0, MOST_SHOWN)
                  .map((one) => one ?? 'NULL')
                  .join(', ')}
              </code>
              {values.length > MOST_SHOWN && ` ${WORDS.request.moreValues(values.length - MOST_SHOWN)}`}
            </Fact>
          );
        })}
      </dl>
      <p className="panel-body hint">{words.bindsRaw}</p>
    </Panel>
  );
}

/** Of a batch. */
const MOST_SHOWN = 100;
