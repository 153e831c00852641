/* The calendar of one's own day. Blocks lie in [data-day] columns by data-start and data-end (minutes after midnight);
   [data-day-grid] says which hours are shown. Own blocks are [data-block]: dragged they move, at their lower edge they
   change their length; on the keyboard the arrows do it by a quarter of an hour, with shift the length, Delete removes.
   Things on the left ([data-plan-task] or [data-plan-title], with data-plan-minutes) are dropped into a column. */
(() => {
  const QUARTER = 15, HOUR = 52;
  const grid = () => document.querySelector("[data-day-grid]");
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const lay = () => {
    const it = grid();
    if (!it) return;
    const from = it.dataset.from * 60;
    it.style.setProperty("--hours", it.dataset.to - it.dataset.from);
    it.querySelectorAll("[data-start]").forEach((block) => {
      block.style.setProperty("--top", `${(block.dataset.start - from) / 60 * HOUR}px`);
      block.style.setProperty("--high", `${Math.max(18, (block.dataset.end - block.dataset.start) / 60 * HOUR - 2)}px`);
    });
  };
  const clock = (m) => `${String(Math.floor(m / 60)).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`;
  const tell = (block) => { const time = block.querySelector(".day-time"); if (time) time.textContent = `${clock(block.dataset.start)}–${clock(block.dataset.end)}`; };
  const send = (address, fields) => window.htmx.ajax("POST", address, { target: "#planner", select: "#planner", swap: "outerHTML", values: { ...fields, here: grid().dataset.here } });
  const commit = (block) => send(`/planner/blocks/${block.dataset.block}/move/`, { day: block.parentElement.dataset.day, from: block.dataset.start, to: block.dataset.end });
  const set = (block, start, end) => {
    const low = Math.max(0, Math.min(start, 1440 - QUARTER)), high = Math.max(low + QUARTER, Math.min(end, 1440));
    block.dataset.start = low; block.dataset.end = high;
    lay(); tell(block);
  };
  const minuteAt = (body, y) => { const at = (y - body.getBoundingClientRect().top) / HOUR * 60 + grid().dataset.from * 60; return Math.round(at / QUARTER) * QUARTER; };

  // own blocks: pointer
  let held;
  document.addEventListener("pointerdown", (event) => {
    const block = event.target.closest("[data-block]");
    if (!block || event.button || event.target.closest("a, button")) return;
    const box = block.getBoundingClientRect();
    held = { block, y: event.clientY, start: +block.dataset.start, end: +block.dataset.end, body: block.parentElement, longer: box.bottom - event.clientY < 9, moved: false };
    block.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    const by = Math.round((event.clientY - held.y) / HOUR * 60 / QUARTER) * QUARTER;
    const column = document.elementsFromPoint(event.clientX, event.clientY).find((it) => it.matches("[data-day]"));
    if (!held.longer && column && column !== held.block.parentElement) { column.append(held.block); held.moved = true; }
    if (by) held.moved = true;
    if (held.moved) held.block.setAttribute("aria-busy", "true");
    set(held.block, held.longer ? held.start : held.start + by, held.end + by);
  });
  const end = (keep) => {
    if (!held) return;
    const { block, moved, start, end: last, body } = held;
    held = null;
    block.removeAttribute("aria-busy");
    if (!moved) return;
    if (keep) { commit(block); return; }
    body.append(block); set(block, start, last);
  };
  document.addEventListener("pointerup", () => end(true));
  document.addEventListener("pointercancel", () => end(false));

  // own blocks: keyboard; what was pressed in a row is sent once
  let timer, again = null;
  document.addEventListener("keydown", (event) => {
    const block = event.target;
    if (!block.matches?.("[data-block]") || event.metaKey || event.ctrlKey || event.altKey) return;
    const start = +block.dataset.start, last = +block.dataset.end, by = { ArrowUp: -QUARTER, ArrowDown: QUARTER }[event.key];
    if (event.key === "Delete") { event.preventDefault(); block.querySelector(".day-x").requestSubmit(); return; }
    const columns = [...document.querySelectorAll("[data-day]")], side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = side && columns[columns.indexOf(block.parentElement) + side];
    if (!by && !next) return;
    event.preventDefault();
    if (next) { next.append(block); block.focus(); } else set(block, event.shiftKey ? start : start + by, last + by);
    clearTimeout(timer);
    timer = setTimeout(() => { again = block.dataset.block; commit(block); }, 500);
  });

  // from the left
  let carried;
  document.addEventListener("dragstart", (event) => { carried = event.target.closest?.("[data-plan-task], [data-plan-title]"); if (carried) event.dataTransfer.effectAllowed = "copy"; });
  document.addEventListener("dragover", (event) => { if (carried && event.target.closest?.("[data-day]")) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    const body = event.target.closest?.("[data-day]");
    if (!carried || !body) return;
    event.preventDefault();
    const from = Math.max(0, minuteAt(body, event.clientY)), minutes = Math.min(480, +carried.dataset.planMinutes || 30);
    const what = carried.dataset.planTask ? { task: carried.dataset.planTask } : { kind: "focus", title: carried.dataset.planTitle.slice(0, 120) };
    send("/planner/blocks/", { ...what, day: body.dataset.day, from, to: Math.min(1440, from + minutes) });
    carried = null;
  });
  document.addEventListener("dragend", () => { carried = null; });
  document.addEventListener("htmx:afterSettle", () => { lay(); if (again) { document.querySelector(`[data-block="${again}"]`)?.focus(); again = null; } });
  document.addEventListener("htmx:responseError", () => window.htmx.trigger("#planner", "live"));
  lay();
})();
