import './no-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './design/tokens.css';
import './design/base.css';
import './design/facts.css';
import './design/field.css';
import './design/notice.css';
import { applyTheme } from './design/theme.ts';
import { App } from './app/app.tsx';
import { queriesOf } from './app/queries.ts';
import { openHost } from './host/open-host.ts';

applyTheme();
const host = await openHost();
createRoot(document.querySelector('#app')!).render(
  <StrictMode>
    <App host={host} queries={queriesOf(host)} />
  </StrictMode>,
);
