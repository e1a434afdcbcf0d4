import { useEffect, useRef } from 'react';
import { Button } from '../design/button.tsx';
import { WORDS } from '../words.ts';
import { type FoldedTime, momentPlayedBy } from './folded-time.ts';
import { type Player, SPEEDS } from './player.ts';

export interface TimelineProps {
  readonly time: FoldedTime;
  readonly count: number;
  readonly at: number;
  readonly go: (index: number) => void;
  readonly player: Player;
}

const words = WORDS.replay;

/** The whole session on one line: what was decided stands out, and one can go anywhere. */
export function Timeline({ time, count, at, go, player }: TimelineProps) {
  const moment = time.moments[at];
  const whole = time.playedAt[count - 1] ?? 0;
  return (
    <section className="timeline" aria-label={words.timeline}>
      <div className="timeline-buttons">
        <Button look="quiet" aria-label={words.first} title={words.first} onClick={() => go(0)}>
          <Icon of="first" />
        </Button>
        <Button look="quiet" aria-label={words.previous} title={words.previous} onClick={() => go(at - 1)}>
          <Icon of="previous" />
        </Button>
        <Button shortcut="space" onClick={player.toggle} disabled={count < 2}>
          {player.isPlaying ? words.pause : words.play}
        </Button>
        <Button look="quiet" aria-label={words.next} title={words.next} onClick={() => go(at + 1)}>
          <Icon of="next" />
        </Button>
        <Button look="quiet" aria-label={words.last} title={words.last} onClick={() => go(count - 1)}>
          <Icon of="last" />
        </Button>
        <label>
          <span className="visually-hidden">{words.speed}</span>
          <select
            className="field"
            value={player.speed}
            onChange={({ target }) => player.setSpeed(Number(target.value))}
          >
            {SPEEDS.map((speed) => (
              <option key={speed} value={speed}>
                {words.times(speed)}
              </option>
            ))}
          </select>
        </label>
        <span className="timeline-place">{count === 0 ? '' : words.of(at + 1, count)}</span>
      </div>
      <div className="timeline-track">
        <Marks time={time} count={count} />
        <input
          type="range"
          min={0}
          max={whole}
          step={1}
          value={time.playedAt[at] ?? 0}
          aria-label={words.timeline}
          aria-valuetext={
            moment === undefined
              ? ''
              : `${words.of(at + 1, count)}: ${words.kinds[moment.kind]}, ${moment.text}`
          }
          onChange={({ target }) => go(Math.min(count - 1, momentPlayedBy(time, target.valueAsNumber)))}
          onKeyDown={(event) => {
            // From moment to moment, as everywhere on the page.
            const to = {
              ArrowLeft: at - 1,
              ArrowDown: at - 1,
              ArrowRight: at + 1,
              ArrowUp: at + 1,
              Home: 0,
              End: count - 1,
            }[event.key];
            if (to === undefined) return;
            event.preventDefault();
            go(to);
          }}
        />
      </div>
    </section>
  );
}

const HEIGHT = 28;

/** A mark for each moment; those that matter more are drawn later, and higher. */
function Marks({ time, count }: Pick<TimelineProps, 'time' | 'count'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const draw = () => drawMarks(element, time, count);
    draw();
    const watch = new ResizeObserver(draw);
    watch.observe(element);
    // The theme is a class of the page.
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] });
    return () => {
      watch.disconnect();
      theme.disconnect();
    };
  }, [time, count]);
  return <canvas ref={canvas} className="timeline-marks" aria-hidden="true" />;
}

function drawMarks(element: HTMLCanvasElement, time: FoldedTime, count: number): void {
  const scale = devicePixelRatio;
  const width = element.clientWidth;
  element.width = width * scale;
  element.height = HEIGHT * scale;
  const context = element.getContext('2d');
  if (context === null) return;
  context.scale(scale, scale);
  const colours = getComputedStyle(element);
  const whole = time.playedAt[count - 1] || 1;
  for (const [means, colour, height] of LAYERS) {
    context.fillStyle = colours.getPropertyValue(colour);
    let drawn = -1;
    for (let index = 0; index < count; index += 1) {
      if (time.moments[index]!.means !== means) continue;
      const x = Math.round((time.playedAt[index]! / whole) * (width - 2));
      if (x === drawn) continue;
      drawn = x;
      context.fillRect(x, HEIGHT - height, 2, height);
    }
  }
}

const LAYERS = [
  ['neutral', '--line-strong', 8],
  ['masked', '--masked-line', 14],
  ['agreed', '--agreed-line', 18],
  ['waits', '--waits-line', 22],
  ['refused', '--refused', 26],
] as const;

const ICONS = {
  first: 'M4 3h1.6v10H4zM13 3v10L6.4 8z',
  previous: 'M11.5 3v10L4.5 8z',
  next: 'M4.5 3v10l7-5z',
  last: 'M10.4 3H12v10h-1.6zM3 3v10l6.6-5z',
} as const;

function Icon({ of }: { readonly of: keyof typeof ICONS }) {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
      <path d={ICONS[of]} />
    </svg>
  );
}
