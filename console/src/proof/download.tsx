import { useMutation } from '@tanstack/react-query';
import { Button } from '../design/button.tsx';
import { useHost } from '../host/host.ts';
import { Failure } from '../relay/failure.tsx';
import { useRelay } from '../relay/relay-provider.tsx';
import { WORDS } from '../words.ts';

/** Saves the signed export, which `sluice verify` checks without a server. */
export function Download({ session }: { readonly session: string }) {
  const { client } = useRelay();
  const download = useMutation({
    async mutationFn() {
      const parts: BlobPart[] = [];
      for await (const chunk of await client.sessions.export({ params: { id: session } })) {
        parts.push(chunk as Uint8Array<ArrayBuffer>);
      }
      const address = URL.createObjectURL(new Blob(parts, { type: 'application/x-ndjson' }));
      const link = document.createElement('a');
      link.href = address;
      link.download = `${session}.ndjson`;
      link.click();
      URL.revokeObjectURL(address);
    },
  });
  return (
    <>
      <Button disabled={download.isPending} onClick={() => download.mutate()}>
        {download.isPending ? WORDS.proof.downloading : WORDS.proof.download}
      </Button>
      {download.isError && <Failure error={download.error} title={WORDS.proof.notDownloaded} />}
    </>
  );
}

/** Has the desktop app keep it, checked, for when there is no relay. */
export function Keep({ session }: { readonly session: string }) {
  const { keep } = useHost();
  const kept = useMutation({ mutationFn: async () => await keep?.(session) });
  if (keep === null) return null;
  const label = kept.isPending ? WORDS.proof.keeping : kept.isSuccess ? WORDS.proof.kept : WORDS.proof.keep;
  return (
    <>
      <Button disabled={kept.isPending || kept.isSuccess} onClick={() => kept.mutate()}>
        {label}
      </Button>
      {kept.isError && <Failure error={kept.error} title={WORDS.proof.notDownloaded} />}
    </>
  );
}
