/* The table of tasks: choosing rows and editing in place. Contract: rows are [data-row] with the task's key, and with
   data-cols when their cells can be edited; each may hold a checkbox [data-pick]; #bulk is the form of what is done with
   the chosen ones, [data-picked] says how many. A cell opens with its button [data-cell]; the editor is [data-cell-form]
   with a button [data-cell-cancel]. Keys: x chooses the row, shift with x or a click chooses all between. */
(() => {
  const picks = () => [...document.querySelectorAll("[data-pick]:not(:disabled)")];
  let anchor = null, chosen = new Set();
  const tell = () => {
    const count = picks().filter((box) => box.checked).length;
    chosen = new Set(picks().filter((box) => box.checked).map((box) => box.value));
    const words = document.querySelector("[data-picked]");
    if (words) words.textContent = tr("%(n)s chosen", { n: count });
  };
  const choose = (box, checked, range) => {
    const all = picks(), from = all.findIndex((one) => one.value === anchor), to = all.indexOf(box);
    if (range && from >= 0) for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = checked;
    box.checked = checked;
    anchor = box.value;
    tell();
  };
  const open = (cell, row) => htmx.ajax("GET", `/tasks/${row.dataset.row}/cell/${cell.dataset.cell}/?cols=${row.dataset.cols}`,
    { source: cell, target: cell.closest("td"), swap: "innerHTML", select: "unset" });
  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-pick]");
    if (box) choose(box, box.checked, event.shiftKey);
    if (event.target.closest("[data-pick-none]")) { for (const one of picks()) one.checked = false; tell(); }
    const cell = event.target.closest("[data-cell]");
    if (cell) open(cell, cell.closest("[data-row]"));
    const opener = event.target.closest("[data-view-query]");
    if (opener) document.querySelector("[data-view-field]").value = opener.dataset.viewQuery;
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-cell-form]");
    if (form && event.key === "Escape") { event.preventDefault(); form.querySelector("[data-cell-cancel]").click(); return; }
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog, .menu") || event.metaKey || event.ctrlKey || event.altKey) return;
    const row = event.target.closest("[data-row]"), box = row?.querySelector("[data-pick]:not(:disabled)");
    if (event.key.toLowerCase() === "x" && box) { event.preventDefault(); choose(box, !box.checked, event.shiftKey); }
    if (event.key === "Escape" && chosen.size) { for (const one of picks()) one.checked = false; tell(); }
  });
  /* A row that was saved gets its focus back; a refreshed list keeps what was chosen. */
  let edited = null;
  document.addEventListener("htmx:beforeRequest", ({ target }) => {
    const form = target.closest?.("[data-cell-form]");
    edited = form ? { row: form.closest("tr").id, cell: form.dataset.cellForm } : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const one of picks()) if (chosen.has(one.value)) one.checked = true;
    tell();
    if (!edited) return;
    document.querySelector(`#${CSS.escape(edited.row)} [data-cell="${edited.cell}"]`)?.focus();
    edited = null;
  });
  tell();
})();
