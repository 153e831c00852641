/* The week as a sheet: arrows and Enter move between cells as in a spreadsheet, Escape puts a cell back. A cell is
   <input class="sheet-input" data-saved="what is stored"> in a row [data-sheet-row]; it is sent when it changes. What was
   refused goes back to what is stored; what was saved is written as the server writes it. */
(() => {
  const rows = () => [...document.querySelectorAll("[data-sheet-row]")];
  const cells = (row) => [...row.querySelectorAll(".sheet-cell")].map((cell) => cell.querySelector(".sheet-input"));
  const go = (cell, down, right) => {
    const all = rows(), row = cell.closest("[data-sheet-row]"), at = cells(row).indexOf(cell);
    const next = cells(all[all.indexOf(row) + down] ?? row)[at + right];
    if (next) { next.focus(); next.select(); }
    return Boolean(next);
  };
  document.addEventListener("focusin", ({ target }) => { if (target.matches(".sheet-input")) target.select(); });
  document.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches?.(".sheet-input") || event.metaKey || event.ctrlKey || event.altKey) return;
    const whole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
    const step = {
      ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [event.shiftKey ? -1 : 1, 0],
      ArrowLeft: whole || cell.selectionEnd === 0 ? [0, -1] : null, ArrowRight: whole || cell.selectionStart === cell.value.length ? [0, 1] : null,
    }[event.key];
    if (event.key === "Escape") { cell.value = cell.dataset.saved; cell.select(); event.preventDefault(); return; }
    if (!step) return;
    event.preventDefault();
    if (!go(cell, ...step) && event.key === "Enter") { cell.blur(); cell.focus(); }
  });
  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (!target.matches?.(".sheet-input")) return;
    if (detail.xhr.status >= 400) { target.value = target.dataset.saved; return; }
    const fresh = new DOMParser().parseFromString(detail.xhr.responseText, "text/html").getElementById(target.id);
    if (!fresh) return;
    target.dataset.saved = fresh.value;
    if (document.activeElement !== target) target.value = fresh.value;
  });
})();
