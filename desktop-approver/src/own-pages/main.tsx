import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@sluice/console/design/tokens.css';
import '@sluice/console/design/base.css';
import '@sluice/console/design/facts.css';
import '@sluice/console/design/field.css';
import '@sluice/console/design/notice.css';
import { applyTheme } from '@sluice/console/design/theme.ts';
import { openApp } from './app.ts';
import { OwnPages } from './own-pages.tsx';
import './own-pages.css';

applyTheme();
const app = await openApp();
createRoot(document.querySelector('#app')!).render(
  <StrictMode>
    <OwnPages app={app} />
  </StrictMode>,
);
