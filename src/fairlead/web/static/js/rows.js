/* Keys of a list of rows: j and k walk, Enter opens (the focused link does that itself), s starts or hands in, d finishes,
   t starts or stops the timer.
   Contract: every [data-row] holds a link [data-row-link] and perhaps buttons [data-step="start|submit|done|timer"]. */
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.querySelector("[data-row-link]"));
  const current = () => document.activeElement?.closest?.("[data-row]");
  let last = 0;
  const walk = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? (by > 0 ? Math.min(last, all.length - 1) : all.length - 1) : at + by))];
    next.querySelector("[data-row-link]").focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const press = (names) => {
    const button = names.map((name) => current()?.querySelector(`[data-step="${name}"]`)).find(Boolean);
    if (!button) return false;
    last = Math.max(0, rows().indexOf(current()));
    button.click();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select, dialog, .menu") || event.metaKey || event.ctrlKey || event.altKey) return;
    const acts = { j: () => walk(1), k: () => walk(-1), s: () => press(["start", "submit"]), d: () => press(["done"]), t: () => press(["timer"]) };
    const act = acts[event.key];
    if (act && act() !== false) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.requestConfig?.verb === "post" && last >= 0) rows()[Math.min(last, rows().length - 1)]?.querySelector("[data-row-link]").focus();
  });
})();
