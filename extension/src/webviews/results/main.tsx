import '../no-eval.ts';
import { createRoot } from 'react-dom/client';
import '@vscode-elements/elements/dist/vscode-badge/index.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import { openBridge } from './bridge.ts';
import { createPageState } from './page-state.ts';
import { ResultsPage } from './results-page.tsx';
import './results.css';
import './grid/grid.css';
import './chart.css';

const bridge = openBridge();
const state = createPageState(bridge);
createRoot(document.querySelector('#page')!).render(<ResultsPage bridge={bridge} state={state} />);
bridge.tell({ type: 'ready' });
