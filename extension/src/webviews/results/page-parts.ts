import type { ShownRun, ShownState } from '../../results/messages.ts';
import type { PageBridge } from './bridge.ts';
import type { PageState } from './page-state.ts';

/** What every part of the page is given. */
export interface PageParts {
  readonly bridge: PageBridge;
  readonly state: PageState;
}

/** A statement that has returned something. */
export interface ResultProps extends PageParts {
  readonly run: ShownRun;
  readonly shown: Extract<ShownState, { phase: 'succeeded' }>;
}
