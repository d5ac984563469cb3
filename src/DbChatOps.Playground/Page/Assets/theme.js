// Loaded before the first paint, so that a chosen theme does not flash. Not a module for that reason.
(() => {
  const stored = () => {
    try { return localStorage.getItem('playground-theme'); } catch { return null; }
  };
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => { document.documentElement.dataset.theme = stored() ?? (dark.matches ? 'dark' : 'light'); };
  dark.addEventListener('change', apply);
  apply();
  globalThis.playgroundTheme = {
    get current() { return document.documentElement.dataset.theme; },
    set(theme) {
      try { localStorage.setItem('playground-theme', theme); } catch { /* Private windows may keep nothing. */ }
      document.documentElement.dataset.theme = theme;
    },
  };
})();
