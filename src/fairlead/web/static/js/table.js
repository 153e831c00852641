/* The table of tasks: choosing rows and editing in place. Contract: rows are [data-row] with the task's key, and with
   data-cols when their cells can be edited; each may hold a checkbox [data-pick]; #bulk is the form of what is done with
   the chosen ones, [data-picked] says how many. A cell opens with its button [data-cell]; the editor is [data-cell-form]
   with a button [data-cell-cancel]. Keys: x chooses the row, shift with x or a click chooses all between.
   [data-pick-all] chooses all that fit, also on other pages; [data-bulk-do] is the form that changes them. */
(() => {
  const picks = () => [...document.querySelectorAll("[data-pick]:not(:disabled)")];
  let anchor = null, chosen = new Set();
  const tell = () => {
    const count = picks().filter((box) => box.checked).length;
    chosen = new Set(picks().filter((box) => box.checked).map((box) => box.value));
    const words = document.querySelector("[data-picked]");
    const all = document.querySelector("[data-pick-all]");
    if (all && count < picks().length) all.checked = false;
    if (words) words.textContent = tr("%(n)s chosen", { n: all?.checked ? all.dataset.pickAll : count });
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
    const all = event.target.closest("[data-pick-all]");
    if (all) { if (all.checked) for (const one of picks()) one.checked = true; tell(); }
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
    if (form) edited = { row: form.closest("tr").id, cell: form.dataset.cellForm };
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    for (const one of picks()) if (chosen.has(one.value)) one.checked = true;
    tell();
    if (!edited || detail.requestConfig?.triggeringEvent?.type === "live") return;
    document.querySelector(`#${CSS.escape(edited.row)} [data-cell="${edited.cell}"]`)?.focus();
    edited = null;
  });
  /* Many tasks are sent part by part into one batch, so that the page can say how far it is and one press takes all back. */
  const send = async (form, keys, tally) => {
    const body = new FormData(form);
    body.set("tasks", keys.join(","));
    if (tally.batch) body.set("into", tally.batch);
    const reply = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await reply.json().catch(() => ({}));
    if (!reply.ok) throw new Error(said.detail || tr("The server did not answer. What was changed so far can be taken back."));
    tally.batch ??= said.batch;
    tally.skipped += said.skipped;
  };
  const finish = (form, tally) => {
    form.action = "/tasks/bulk/told/";
    form.elements.tasks.value = "";
    for (const [name, value] of [["into", tally.batch ?? ""], ["skipped", tally.skipped]]) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    form.submit();
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest?.("[data-bulk-do]");
    if (!form) return;
    const keys = form.elements.tasks.value.split(",").filter(Boolean), step = Number(form.dataset.step);
    if (keys.length <= step) return;
    event.preventDefault();
    event.stopPropagation();
    const bar = form.querySelector("[data-bulk-progress]"), meter = bar.querySelector("progress"), said = bar.querySelector("[data-bulk-said]");
    const tally = { batch: null, skipped: Number(form.dataset.skipped) };
    bar.hidden = false;
    for (const button of form.querySelectorAll(".form-foot :is(button, a)")) button.hidden = true;
    try {
      for (let done = 0; done < keys.length; done += step) {
        said.textContent = tr("%(done)s of %(all)s", { done, all: keys.length });
        await send(form, keys.slice(done, done + step), tally);
        meter.value = Math.min(done + step, keys.length);
      }
    } catch (error) {
      if (!tally.batch) { said.textContent = error.message; return; }
    }
    finish(form, tally);
  }, true);
  tell();
})();
