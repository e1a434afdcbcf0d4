import { AxisBottom, AxisLeft } from '@visx/axis';
import { scaleBand, scaleLinear, scalePoint } from '@visx/scale';
import { useLayoutEffect, useRef, useState } from 'react';
import { RESULT_WORDS as WORDS } from '../../words/results.ts';
import type { ChartPoint } from '../../results/chart.ts';

export interface ChartPlotProps {
  readonly shape: 'bars' | 'line';
  readonly points: readonly ChartPoint[];
  readonly label: string;
}

const HEIGHT = 320;
const LEFT = 64;
const BOTTOM = 28;
const TOP = 8;

/** Drawn by the console's own library of plots. */
export function ChartPlot({ shape, points, label }: ChartPlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const values = points.map(({ value }) => value);
  const lowest = Math.min(0, ...values);
  const highest = Math.max(0, ...values);
  // By their places: two points may have one label.
  const domain = points.map((_, index) => index);
  const y = scaleLinear({ domain: [lowest, highest || 1], range: [HEIGHT - BOTTOM, TOP], nice: true });
  const band = scaleBand({ domain, range: [LEFT, width], padding: 0.2 });
  const along = scalePoint({ domain, range: [LEFT, width], padding: 0.5 });
  const every = Math.max(1, Math.ceil(points.length / Math.max(2, Math.floor((width - LEFT) / 110))));
  const ticks = domain.filter((index) => index % every === 0);
  const axis = {
    top: HEIGHT - BOTTOM,
    hideTicks: true,
    axisLineClassName: 'chart-axis',
    tickValues: ticks,
    tickFormat: (index: number) => shortened(points[index]?.label ?? ''),
    tickLabelProps: { textAnchor: 'middle', dy: '0.25em', className: 'chart-tick' },
  } as const;
  const said = `${label}, ${WORDS.chart.summary(number.format(Math.min(...values)), number.format(Math.max(...values)))}`;
  return (
    <div ref={frame} className="chart-frame">
      <svg
        width="100%"
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={points.length === 0 ? label : said}
      >
        <AxisLeft
          scale={y}
          left={LEFT - 4}
          numTicks={5}
          hideAxisLine
          hideTicks
          tickFormat={(value) => number.format(Number(value))}
          tickLabelProps={{ textAnchor: 'end', dy: '0.32em', className: 'chart-tick' }}
        />
        {shape === 'bars' ? <AxisBottom scale={band} {...axis} /> : <AxisBottom scale={along} {...axis} />}
        {shape === 'bars' ? (
          points.map(({ label, value }, index) => (
            <rect
              key={index}
              className="chart-bar"
              x={band(index) ?? 0}
              y={Math.min(y(value), y(0))}
              width={band.bandwidth()}
              height={Math.max(1, Math.abs(y(value) - y(0)))}
            >
              <title>{`${label}: ${number.format(value)}`}</title>
            </rect>
          ))
        ) : (
          <path
            className="chart-line"
            d={points
              .map(({ value }, index) => `${index === 0 ? 'M' : 'L'}${along(index) ?? 0},${y(value)}`)
              .join('')}
          />
        )}
      </svg>
    </div>
  );
}

function shortened(label: string): string {
  return label.length > 16 ? `${label.slice(0, 15)}…` : label;
}

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });

function useWidth(frame: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(640);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.max(240, element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return width;
}
