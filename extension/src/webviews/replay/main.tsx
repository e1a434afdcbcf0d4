import '../no-eval.ts';
import { createOneSession } from '@sluice/console/one-session';
import { createRoot } from 'react-dom/client';
import { openReplayHost } from './replay-host.ts';
import { followTheme } from './theme.ts';
import './replay.css';

followTheme();
const { host, open, leave, keptAt, keepAt } = await openReplayHost();
createRoot(document.querySelector('#page')!).render(
  createOneSession({
    host,
    session: open.session,
    at: keptAt ?? open.at ?? undefined,
    statement: open.statement ?? undefined,
    onPlace: keepAt,
    onLeave: leave,
  }),
);
