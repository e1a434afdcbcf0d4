/** The console's themes by the editor's, whose name is a class of the page's body. */
export function followTheme(): void {
  const apply = () => {
    const { classList } = document.body;
    const isDark = classList.contains('vscode-dark') || isHighContrast(classList, 'dark');
    document.documentElement.classList.toggle('dark', isDark);
    const isHigh = isHighContrast(classList, 'dark') || isHighContrast(classList, 'light');
    document.documentElement.classList.toggle('high-contrast', isHigh);
  };
  apply();
  new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ['class'] });
}

/** A light one has both classes. */
function isHighContrast(classes: DOMTokenList, which: 'dark' | 'light'): boolean {
  const isLight = classes.contains('vscode-high-contrast-light');
  return which === 'light' ? isLight : classes.contains('vscode-high-contrast') && !isLight;
}
