import { useState } from 'react';
import { chooseTheme, chosenTheme, type Theme } from '../design/theme.ts';
import { WORDS } from '../words.ts';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export function ThemeChoice() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <label>
      <span className="visually-hidden">{WORDS.theme.label}</span>
      <select
        className="field"
        value={theme}
        onChange={({ target }) => {
          const next = THEMES.find((one) => one === target.value) ?? 'system';
          chooseTheme(next);
          setTheme(next);
        }}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {WORDS.theme[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
