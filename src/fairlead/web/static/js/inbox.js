/* Keys of the inbox: a accepts, d declines, m merges, s snoozes the item that has the focus; rows.js walks with j and k.
   Each [data-row] holds buttons [data-act="a|d|m|s"]. After an item has left, the next one in its place gets the focus. */
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  let place = 0;
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog, .menu") || event.metaKey || event.ctrlKey || event.altKey) return;
    const row = event.target.closest?.("[data-row]"), button = row?.querySelector(`[data-act="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    place = rows().indexOf(row);
    button.click();
    document.querySelector(".menu:popover-open")?.querySelector(".input, .menu-item")?.focus();
  }, true);
  document.addEventListener("submit", ({ target }) => { const row = target.closest?.("[data-row]"); if (row) place = rows().indexOf(row); }, true);
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.requestConfig?.verb !== "post") return;
    const all = rows();
    all[Math.min(place, all.length - 1)]?.querySelector("[data-row-link]").focus();
  });
})();
