export { type OverviewParts, registerOverview } from './overview-routes.ts';
