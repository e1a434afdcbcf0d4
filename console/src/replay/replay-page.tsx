import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Link } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Button } from '../design/button.tsx';
import { exact, left } from '../design/durations.ts';
import { useKeys } from '../design/keys.ts';
import { Notice } from '../design/notice.tsx';
import { SkeletonPage } from '../design/skeleton.tsx';
import { Download, Keep } from '../proof/download.tsx';
import { isGood, Seal } from '../proof/seal.tsx';
import { useProof } from '../proof/use-proof.ts';
import { useHost } from '../host/host.ts';
import { sentence } from '../relay/failure.tsx';
import { useRelay } from '../relay/relay-provider.tsx';
import { Outcomes } from '../sessions/outcomes.tsx';
import { WORDS } from '../words.ts';
import { momentAt } from './folded-time.ts';
import { MomentList } from './moment-list.tsx';
import { usePlayer } from './player.ts';
import { type Reading, type Recording, useRecording } from './recording.ts';
import { SceneView } from './scene-view.tsx';
import { Timeline } from './timeline.tsx';
import type { Scene } from './worker-messages.ts';
import './replay-page.css';

const words = WORDS.replay;

/** A session, moment by moment, as it was recorded. */
export function ReplayPage() {
  const { id } = useParams({ from: '/sessions/$id' });
  // Another session is another page.
  return <Session key={id} session={id} />;
}

function Session({ session }: { readonly session: string }) {
  const opened = useRecording(session);
  if (opened === null || (opened.recording.count === 0 && opened.recording.state === 'reading')) {
    return (
      <main id="content" className="page">
        <SkeletonPage />
      </main>
    );
  }
  const { recording, reading } = opened;
  if (recording.count === 0) {
    const isUnknown = recording.problem === null || recording.problem.code === 'session_unknown';
    return (
      <main id="content" className="page">
        <p>
          <Link to="/sessions">← {WORDS.nav.sessions}</Link>
        </p>
        {isUnknown ? (
          <Notice title={words.noSession}>{words.noSessionAdvice}</Notice>
        ) : (
          <Broken recording={recording} reading={reading} />
        )}
      </main>
    );
  }
  return <Replay session={session} recording={recording} reading={reading} />;
}

function Broken({
  recording: { problem },
  reading,
}: {
  readonly recording: Recording;
  readonly reading: Reading;
}) {
  const { state } = useRelay();
  const isAway = problem?.code === 'relay_unreachable';
  useEffect(() => {
    // The relay is back: what is missing is read by itself.
    if (state.type === 'connected' && isAway) reading.more();
  }, [state.type, isAway, reading]);
  if (problem === null) return null;
  return (
    <Notice means="refused" title={WORDS.failed} isAlert>
      <p>{sentence(problem.message)}</p>
      {problem.advice !== '' && <p>{sentence(problem.advice)}</p>}
      <Button onClick={() => reading.more()}>{WORDS.retry}</Button>
    </Notice>
  );
}

interface ReplayProps {
  readonly session: string;
  readonly recording: Recording;
  readonly reading: Reading;
}

function Replay({ session, recording, reading }: ReplayProps) {
  const { time, count, events, state } = recording;
  const { at, go } = usePlace(recording, reading);
  const player = usePlayer(time, count, at, go);
  const scene = useScene(reading, time.moments[at]!.seq);
  const proof = useProof(session, reading.compare);
  const { mayExport } = useHost();
  const proven = proof.state.type === 'checked' ? proof.state.proof.payloads : null;
  const navigate = useNavigate();
  const step = (to: number) => {
    player.pause();
    go(to);
  };
  useKeys({
    ' ': player.toggle,
    j: () => step(at + 1),
    k: () => step(at - 1),
    ArrowRight: () => step(at + 1),
    ArrowLeft: () => step(at - 1),
    Home: () => step(0),
    End: () => step(count - 1),
    u: () => void navigate({ to: '/sessions' }),
  });
  const name = scene?.opened?.identity.name ?? null;
  useEffect(() => {
    document.title = `${name ?? words.title} · ${WORDS.product}`;
  }, [name]);
  return (
    <main id="content" className="replay">
      <header className="replay-top">
        <p>
          <Link to="/sessions">← {words.back}</Link>
        </p>
        <Head scene={scene} recording={recording} />
        <div className="replay-tools">
          {mayExport && <Seal session={session} proof={proof} />}
          {mayExport && <Download session={session} />}
          <Keep session={session} />
          <CopyLink session={session} seq={time.moments[at]!.seq} />
        </div>
      </header>
      {proof.state.type === 'checked' && !isGood(proof.state) && (
        <Notice means="refused" title={WORDS.proof.forged} isAlert>
          {WORDS.proof.forgedAdvice}
        </Notice>
      )}
      {state === 'failed' && <Broken recording={recording} reading={reading} />}
      {state === 'reading' && (
        <p className="replay-reading" role="status">
          {words.reading(events)}
        </p>
      )}
      <MomentList time={time} count={count} at={at} go={step} />
      <section className="scene" aria-label={words.moment} tabIndex={0}>
        {scene !== null && <SceneView session={session} scene={scene} reading={reading} proven={proven} />}
      </section>
      <Timeline time={time} count={count} at={at} go={step} player={player} />
    </main>
  );
}

function Head({ scene, recording }: { readonly scene: Scene | null; readonly recording: Recording }) {
  const opened = scene?.opened ?? null;
  const { moments, tally } = recording.time;
  const begun = new Date(moments[0]!.at).toISOString();
  return (
    <div>
      <h1>
        {opened === null
          ? scene === null
            ? words.title
            : words.relay
          : `${opened.identity.name}${WORDS.sessions.sentence(opened.client.agent, tally.statements)}`}
      </h1>
      <p className="replay-facts">
        {opened !== null && <Outcomes outcomes={tally} />}
        <span>
          <time dateTime={begun} title={exact(begun)}>
            {started.format(new Date(begun))}
          </time>
          {recording.count > 1 && `, ${WORDS.sessions.lasted(left(moments.at(-1)!.at - moments[0]!.at))}`}
        </span>
        {opened !== null && (
          <span>
            {opened.client.application} {opened.client.version}, {words.from(opened.client.address)}
          </span>
        )}
        <span>{words.count(recording.events)}</span>
      </p>
    </div>
  );
}

const started = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The moment that is shown: its index, kept in the address by the `seq` of its event. */
function usePlace({ time, count, state }: Recording, reading: Reading) {
  const search = useSearch({ from: '/sessions/$id' });
  const navigate = useNavigate();
  const [seq, setSeq] = useState(search.at ?? 0);
  const told = useRef(search.at);
  useEffect(() => {
    // A link, or back and forth.
    if (search.at !== undefined && search.at !== told.current) setSeq(search.at);
    told.current = search.at;
  }, [search.at]);
  useEffect(() => {
    if (search.statement === undefined || state === 'reading') return;
    const find = async (statement: string) => setSeq((await reading.find(statement)) ?? 0);
    void find(search.statement);
  }, [search.statement, state, reading]);
  useEffect(() => {
    if (seq === (told.current ?? 0)) return undefined;
    const timer = setTimeout(() => {
      told.current = seq;
      void navigate({ to: '.', search: { at: seq }, replace: true, resetScroll: false });
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [seq, navigate]);
  const go = useCallback(
    (index: number) => {
      const moment = time.moments[Math.max(0, Math.min(time.moments.length - 1, index))];
      if (moment !== undefined) setSeq(moment.seq);
    },
    [time],
  );
  return { at: count === 0 ? 0 : Math.min(count - 1, momentAt(time.moments, seq)), go };
}

/** The address follows once one stays somewhere. */
const SETTLED_MS = 300;

/** What belongs to a moment; that of the one before stays until it is there, so that nothing jumps. */
function useScene(reading: Reading, seq: number): Scene | null {
  const [scene, setScene] = useState<Scene | null>(null);
  useEffect(() => {
    let isWanted = true;
    const look = async () => {
      const found = await reading.look(seq);
      if (isWanted && found !== null) setScene(found);
    };
    void look();
    return () => {
      isWanted = false;
    };
  }, [reading, seq]);
  return scene;
}

function CopyLink({ session, seq }: { readonly session: string; readonly seq: number }) {
  const host = useHost();
  const [copied, setCopied] = useState<number | null>(null);
  const copy = () => {
    const link = `${host.url}/console/sessions/${session}?at=${seq}`;
    void navigator.clipboard.writeText(link).then(() => setCopied(seq));
  };
  useKeys({ c: copy });
  return (
    <Button onClick={copy} shortcut="c">
      <span aria-live="polite">{copied === seq ? words.copied : words.copyLink}</span>
    </Button>
  );
}
