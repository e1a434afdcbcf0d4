import { AxisBottom, AxisLeft } from '@visx/axis';
import { scaleBand, scaleLinear } from '@visx/scale';
import { BarStack } from '@visx/shape';
import { useEffect, useRef, useState } from 'react';
import { WORDS } from '../words.ts';
import { type Counted, type Step, totalOf } from './spans.ts';

/** A part of each bar. */
export interface Series {
  readonly name: Counted;
  readonly label: string;
  /** Of the style sheet: `plot-allow`. */
  readonly look: string;
}

export interface PlotProps {
  readonly title: string;
  readonly hint?: string;
  readonly steps: readonly Step[];
  /** From the bottom up. */
  readonly series: readonly Series[];
  readonly isByDay: boolean;
  /** Where a bar leads; null where it leads nowhere. */
  readonly to: (step: Step) => string | null;
}

const HEIGHT = 180;
const LEFT = 40;
const BOTTOM = 24;

/** Bars over time, each leading to its sessions; and the same as a table, for whoever sees no bars. */
export function Plot({ title, hint, steps, series, isByDay, to }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const words = WORDS.overview;
  const label = (at: string) => (isByDay ? days : hours).format(new Date(at));
  const names = series.map(({ name }) => name);
  const highest = Math.max(1, ...steps.map((step) => totalOf([step], ...names)));
  const x = scaleBand({ domain: steps.map(({ at }) => at), range: [LEFT, width], padding: 0.25 });
  const y = scaleLinear({ domain: [0, highest], range: [HEIGHT - BOTTOM, 8], nice: true });
  const every = Math.ceil(steps.length / Math.max(2, Math.floor(width / 110)));
  return (
    <section className="panel plot" aria-label={title}>
      <h2>
        {title}
        <span className="plot-legend">
          {series.map(({ name, label, look }) => (
            <span key={name} className={`plot-key ${look}`}>
              {label} <strong>{totalOf(steps, name).toLocaleString('en')}</strong>
            </span>
          ))}
        </span>
      </h2>
      <div className="panel-body" ref={host}>
        {hint !== undefined && <p className="hint">{hint}</p>}
        <svg width="100%" height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="group" aria-label={title}>
          <AxisLeft
            scale={y}
            left={LEFT - 6}
            numTicks={4}
            hideAxisLine
            hideTicks
            tickFormat={(value) =>
              Number.isInteger(Number(value)) ? Number(value).toLocaleString('en') : ''
            }
            tickClassName="plot-tick"
            tickLabelProps={{ textAnchor: 'end', dy: '0.32em', className: 'plot-tick-label' }}
          />
          <AxisBottom
            scale={x}
            top={HEIGHT - BOTTOM}
            hideTicks
            axisLineClassName="plot-axis"
            tickValues={steps.filter((_, index) => index % every === 0).map(({ at }) => at)}
            tickFormat={label}
            tickLabelProps={{ textAnchor: 'middle', dy: '0.25em', className: 'plot-tick-label' }}
          />
          <BarStack
            data={[...steps]}
            keys={names}
            x={({ at }) => at}
            xScale={x}
            yScale={y}
            color={(key) => key}
          >
            {(stacks) =>
              stacks.flatMap((stack) =>
                stack.bars.map((bar) => (
                  <rect
                    key={`${stack.key} ${bar.index}`}
                    className={series.find(({ name }) => name === stack.key)?.look ?? ''}
                    x={bar.x}
                    y={bar.y}
                    width={bar.width}
                    height={Math.max(0, bar.height)}
                  />
                )),
              )
            }
          </BarStack>
          {steps.map((step) => {
            const parts = series
              .filter(({ name }) => step[name] > 0)
              .map(({ name, label }) => `${step[name].toLocaleString('en')} ${label}`)
              .join(', ');
            const href = to(step);
            if (parts === '' || href === null) return null;
            return (
              <a key={step.at} href={href} className="plot-bar" aria-label={words.bar(label(step.at), parts)}>
                <title>{words.bar(label(step.at), parts)}</title>
                <rect x={x(step.at) ?? 0} y={8} width={x.bandwidth()} height={HEIGHT - BOTTOM - 8} />
              </a>
            );
          })}
        </svg>
        <details className="plot-table">
          <summary>{words.table}</summary>
          <table>
            <caption className="visually-hidden">{title}</caption>
            <thead>
              <tr>
                <th scope="col">{words.when}</th>
                {series.map(({ name, label }) => (
                  <th scope="col" key={name}>
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {steps
                .filter((step) => totalOf([step], ...names) > 0)
                .map((step) => {
                  const href = to(step);
                  return (
                    <tr key={step.at}>
                      <th scope="row">
                        {href === null ? label(step.at) : <a href={href}>{label(step.at)}</a>}
                      </th>
                      {names.map((name) => (
                        <td key={name}>{step[name].toLocaleString('en')}</td>
                      ))}
                    </tr>
                  );
                })}
            </tbody>
          </table>
        </details>
      </div>
    </section>
  );
}

const hours = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });
/** Days are those of UTC. */
const days = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });

function useWidth(host: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(640);
  useEffect(() => {
    if (host.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.max(240, Math.floor(entry.contentRect.width)));
    });
    observer.observe(host.current);
    return () => observer.disconnect();
  }, [host]);
  return width;
}
