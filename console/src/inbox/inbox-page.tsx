import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../design/button.tsx';
import { Notice } from '../design/notice.tsx';
import { useKeys } from '../design/keys.ts';
import { Skeleton } from '../design/skeleton.tsx';
import { useDenyAll, useEnded, usePending } from '../relay/approvals.ts';
import { Failure } from '../relay/failure.tsx';
import { useRelay } from '../relay/relay-provider.tsx';
import { WORDS } from '../words.ts';
import { DenyDialog } from './deny-dialog.tsx';
import { InboxRow } from './inbox-row.tsx';
import { ReviewsList } from './reviews-list.tsx';
import './inbox-page.css';

/** Who waits for a decision, and what was decided lately. */
export function InboxPage() {
  const pending = usePending();
  const ended = useEnded();
  const list = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState(0);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [isDenying, setIsDenying] = useState(false);
  const denying = useDenyAll();
  const navigate = useNavigate();
  const requests = pending.data ?? [];
  const { state } = useRelay();
  const isOffline = state.type === 'waiting' || state.type === 'ended';
  const isUnknown = pending.data === undefined || (requests.length === 0 && isOffline);
  const current = Math.min(at, Math.max(0, requests.length - 1));
  const chosen = requests.filter(({ id }) => marked.has(id));
  const move = (to: number) => {
    const next = Math.max(0, Math.min(requests.length - 1, to));
    setAt(next);
    list.current?.querySelectorAll<HTMLAnchorElement>('a')[next]?.focus();
  };
  const open = () => {
    const request = requests[current];
    if (request !== undefined) void navigate({ to: '/approvals/$id', params: { id: request.id } });
  };
  const toggle = (id: string) => setMarked((all) => all.symmetricDifference(new Set([id])));
  const toggleCurrent = () => {
    const request = requests[current];
    if (request !== undefined) toggle(request.id);
  };
  const denyAll = (comment: string) =>
    denying.mutate(
      { requests: chosen, comment },
      {
        onSettled: () => {
          setIsDenying(false);
          setMarked(new Set());
        },
      },
    );
  const failed = denying.data ?? [];
  useKeys({
    j: () => move(document.activeElement?.closest('.inbox') === null ? current : current + 1),
    k: () => move(current - 1),
    Enter: open,
    // A request is read before it is approved.
    a: open,
    x: toggleCurrent,
    d: () => {
      if (chosen.length === 0) toggleCurrent();
      setIsDenying(requests.length > 0);
    },
    Escape: () => setMarked(new Set()),
  });
  useEffect(() => {
    document.title = `${requests.length > 0 ? `(${requests.length}) ` : ''}${WORDS.inbox.title} · ${WORDS.product}`;
  }, [requests.length]);
  return (
    <main id="content" className="page">
      <h1>{isUnknown ? WORDS.inbox.title : WORDS.inbox.lead(requests.length)}</h1>
      {pending.isPending && <Skeleton isTall />}
      {pending.isError && pending.data === undefined && (
        <Failure error={pending.error} retry={() => void pending.refetch()} />
      )}
      {pending.data !== undefined && requests.length === 0 && isOffline && (
        <Notice means="waits" title={WORDS.inbox.offline}>
          {WORDS.inbox.offlineAdvice}
        </Notice>
      )}
      {pending.data !== undefined && requests.length === 0 && !isOffline && (
        <Notice means="agreed" title={WORDS.inbox.empty}>
          {WORDS.inbox.emptyAdvice}
        </Notice>
      )}
      {requests.length > 0 && (
        <ul className="rows inbox" ref={list} aria-label={WORDS.inbox.waiting}>
          {requests.map((request, index) => (
            <InboxRow
              key={request.id}
              request={request}
              onFocus={() => setAt(index)}
              chosen={{ is: marked.has(request.id), toggle: () => toggle(request.id) }}
            />
          ))}
        </ul>
      )}
      {chosen.length > 0 && (
        <div className="inbox-chosen">
          <span role="status">{WORDS.inbox.chosen(chosen.length)}</span>
          <Button onClick={() => setMarked(new Set())}>{WORDS.inbox.chooseNone}</Button>
          <Button look="danger" shortcut="d" onClick={() => setIsDenying(true)}>
            {WORDS.inbox.denyChosen(chosen.length)}
          </Button>
        </div>
      )}
      <DenyDialog
        requests={isDenying ? chosen : []}
        isSending={denying.isPending}
        onCancel={() => setIsDenying(false)}
        onDeny={denyAll}
      />
      {denying.isSuccess && (
        <p className="hint" role="status">
          {WORDS.inbox.denied((denying.variables?.requests.length ?? 0) - failed.length)}
        </p>
      )}
      {failed.map(({ request, error }) => (
        <Failure key={request.id} title={WORDS.inbox.notDenied(request.sentence)} error={error} />
      ))}
      {requests.length > 0 && <p className="inbox-keys">{WORDS.inbox.keys}</p>}
      <ReviewsList />
      <h2 className="inbox-recent">{WORDS.inbox.recent}</h2>
      {ended.isPending && <Skeleton isTall />}
      {ended.data?.length === 0 && <p className="hint">{WORDS.inbox.noneRecent}</p>}
      {ended.isError && <Failure error={ended.error} retry={() => void ended.refetch()} />}
      {(ended.data?.length ?? 0) > 0 && (
        <ul className="rows inbox inbox-quiet" aria-label={WORDS.inbox.recent}>
          {ended.data?.map((request) => (
            <InboxRow key={request.id} request={request} />
          ))}
        </ul>
      )}
    </main>
  );
}
