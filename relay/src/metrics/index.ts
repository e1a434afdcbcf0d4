export { createEventMetrics } from './event-metrics.ts';
export { createMetrics, type Metrics, type MetricSources } from './metrics.ts';
