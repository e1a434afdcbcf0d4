import type { ReactNode } from 'react';
import './tabs.css';

/** The parts of a page, each at an address of its own: links, of which one is the current. */
export function Tabs({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <nav className="tabs" aria-label={label}>
      {children}
    </nav>
  );
}
