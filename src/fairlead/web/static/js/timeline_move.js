/* Moving bars of the timeline, and linking them. Dragging a bar (by finger: after it rested on it) moves it, dragging an end resizes it, dragging one of its dots
   onto another bar links the two. What would move with it is asked first (/tasks/KEY/dates/): when something does, a dialog
   shows it, else it is done at once. Keys on a bar: left and right move it (with shift its end), enter puts it down or opens
   its dates, escape gives it back. */
(() => {
  if (!window.bars) return;
  const { DAY, MINE, BEGUN, MILESTONE, box, canvas, links, make, svg, say, short, iso, lay, middle, state, x, task, scale } = window.bars;
  const toast = (detail) => document.body.dispatchEvent(new CustomEvent("toast", { detail }));
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const ghost = make("tl-ghost");
  ghost.hidden = true; document.body.append(ghost);

  // asking and doing
  async function propose(place, params, undo) {
    const key = task(place)[0], here = state().dataset.here, query = new URLSearchParams(params), path = `/tasks/${key}/dates/`;
    const asked = await fetch(`${path}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null), told = await asked?.json().catch(() => null);
    if (!asked?.ok) { undo(); refused(told); return; }
    if (told.followers || told.stays) {
      say(told.words); undo();
      query.set("next", here);
      window.htmx.ajax("GET", `${path}?${query}`, { target: "#modal-body" });
      return;
    }
    await send(path, new URLSearchParams({ ...params, next: here }), undo);
  }
  const refused = (told) => { const text = told?.detail ?? tr("It could not be saved. Check the connection and try again."); toast({ level: "error", text }); say(text); };
  async function send(path, body, undo = () => {}) {
    const answer = await fetch(path, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" } }).catch(() => null), told = await answer?.json().catch(() => null);
    if (!answer?.ok) { undo(); refused(told); return false; }
    toast({ level: "success", text: told?.text ?? tr("Done."), undo_url: told?.undo_url }); say(told?.text ?? tr("Done."));
    await refresh();
    return true;
  }
  const refresh = () => window.htmx.ajax("GET", state().dataset.here, { target: "#timeline-state", select: "#timeline-state", swap: "outerHTML" });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("#modal-body [data-shift], #modal-body [data-link]")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    send(form.getAttribute("action"), body).then((done) => { if (done) document.body.dispatchEvent(new CustomEvent("close-modal")); });
  });
  const open = (key) => window.htmx.ajax("GET", `/tasks/${key}/dates/?${new URLSearchParams({ next: state().dataset.here })}`, { target: "#modal-body" });

  // mouse: a bar, one of its ends, or a dot
  let held = null, moved = false;
  const change = ({ mode, start, end }, days) => (mode === "move" ? [start + days * DAY, end + days * DAY] : mode === "start" ? [Math.min(start + days * DAY, end - 60), end] : [start, Math.max(end + days * DAY, start + 60)]);
  const params = (it, days) => (it.mode === "move" ? { days } : it.mode === "start" ? { start: iso(change(it, days)[0]) } : { due: iso(change(it, days)[1]) });
  const grasp = (node, mode) => { const place = Number(node.dataset.place), [, , start, end, flags] = task(place); return { node, mode, place, start, end, milestone: flags & MILESTONE, fixed: flags & BEGUN }; };
  const show = (it, days) => { const [start, end] = change(it, days); lay(it.node, it.fixed && it.mode === "move" ? it.start : start, end, it.milestone); return [start, end]; };
  const back = (it) => { it.node.classList.remove("lifted"); lay(it.node, it.start, it.end, it.milestone); };
  box.addEventListener("pointerdown", (event) => {
    moved = false;
    const node = event.target.closest(".tl-task"), dot = event.target.closest(".tl-dot"), grip = event.target.closest(".tl-grip");
    if (!node || event.button || (!dot && !node.matches(".mine"))) return;
    if (event.pointerType === "touch") { window.longPress(event, (at) => take(node, grip, at)); return; }
    held = { ...grasp(node, dot ? "link" : grip ? (grip.matches(".start") ? "start" : "end") : "move"), side: dot?.matches(".start") ? "s" : "f", x: event.clientX, y: event.clientY, days: 0 };
  });
  for (const kind of ["selectstart", "dragstart"]) document.addEventListener(kind, (event) => { if (held) event.preventDefault(); });
  document.addEventListener("pointermove", (event) => {
    if (!held || (!moved && Math.hypot(event.clientX - held.x, event.clientY - held.y) < 4)) return;
    if (!moved) { moved = true; held.node.classList.add("lifted"); document.body.classList.add("dragging"); }
    const [key, title] = task(held.place);
    let text;
    if (held.mode === "link") text = draw(event);
    else {
      held.days = Math.round((event.clientX - held.x) / scale() / DAY);
      const [start, end] = show(held, held.days);
      text = held.milestone ? short(end) : `${short(start)} – ${short(end)}`;
    }
    follow(event.clientX, event.clientY, `${key} ${title}`, text);
  });
  function follow(x_, y_, title, text) {
    ghost.hidden = false; ghost.replaceChildren(make("", title, "b"), text);
    const above = held.finger ? y_ - ghost.offsetHeight - 28 : y_ + 16;
    Object.assign(ghost.style, { left: `${Math.max(8, Math.min(x_ + 14, innerWidth - 300))}px`, top: `${Math.max(8, above)}px` });
  }
  /* A finger has rested on a bar, or on one of its ends: it moves with the finger. */
  function take(node, grip, at) {
    held = { ...grasp(node, grip ? (grip.matches(".start") ? "start" : "end") : "move"), x: at.x, y: at.y, days: 0, finger: true };
    moved = true; node.classList.add("lifted"); document.body.classList.add("dragging");
    const [key, title] = task(held.place);
    follow(at.x, at.y, `${key} ${title}`, tr("Move it to other days."));
    say(tr("Lifted %(task)s.", { task: `${key} ${title}` }));
  }
  function draw(event) {
    const at_ = canvas.getBoundingClientRect(), x2 = event.clientX - at_.left, y2 = event.clientY - at_.top, x1 = x(held.side === "f" ? held.end : held.start), y1 = middle(held.place);
    links.querySelector(".drawing")?.remove(); links.append(svg("path", { class: "drawing", d: `M${x1} ${y1}L${x2} ${y2}` }));
    box.querySelector(".tl-task.target")?.classList.remove("target");
    const over = document.elementsFromPoint(event.clientX, event.clientY).map((it) => it.closest?.(".tl-task")).find((it) => it && it !== held.node);
    held.over = null;
    if (!over) return tr("Drop it on the task that follows.");
    const where = over.getBoundingClientRect();
    over.classList.add("target");
    held.over = { key: over.dataset.task, kind: held.side + (over.matches(".milestone") || event.clientX < where.left + where.width / 2 ? "s" : "f") };
    return `${held.over.key} ${{ fs: tr("starts after it ends"), ff: tr("ends after it ends"), ss: tr("starts after it starts"), sf: tr("ends after it starts") }[held.over.kind]}`;
  }
  function letGo() {
    const it = held;
    held = null; ghost.hidden = true; document.body.classList.remove("dragging");
    links.querySelector(".drawing")?.remove(); box.querySelector(".tl-task.target")?.classList.remove("target");
    it?.node.classList.remove("lifted");
    return it;
  }
  addEventListener("pointerup", () => {
    if (!held || !moved) { held = null; return; }
    const it = letGo();
    if (it.mode === "link") { if (it.over) send(`/tasks/${it.over.key}/waits-for/`, new URLSearchParams({ after: task(it.place)[0], kind: it.over.kind })); } else if (it.days) propose(it.place, params(it, it.days), () => back(it)); else back(it);
  });
  const cancel = () => { const it = letGo(); if (it) back(it); };
  addEventListener("pointercancel", cancel);

  // keyboard
  let lifted = null;
  function drop(doIt) {
    const it = lifted;
    lifted = null;
    if (doIt && it.days) { it.node.classList.remove("lifted"); propose(it.place, params(it, it.days), () => back(it)); } else { back(it); say(tr("%(task)s is back where it was.", { task: it.node.dataset.task })); }
  }
  function nudge(node, mode, step) {
    if (!lifted || lifted.node !== node || lifted.mode !== mode) { if (lifted) back(lifted); lifted = { ...grasp(node, mode), days: 0 }; node.classList.add("lifted"); }
    lifted.days += step;
    const [start, end] = show(lifted, lifted.days);
    say(lifted.milestone ? short(end) : tr("%(first)s to %(last)s", { first: short(start), last: short(end) }));
  }
  box.addEventListener("keydown", (event) => {
    const node = event.target.closest(".tl-task"), side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (node && side) { if (node.matches(".mine")) nudge(node, event.shiftKey ? "end" : "move", side); else say(tr("You cannot move this task.")); }
    else if (node && lifted && (event.key === "Enter" || event.key === " ")) drop(true);
    else if (node && lifted && event.key === "Escape") drop(false);
    else return;
    event.preventDefault(); event.stopPropagation();
  });
  box.addEventListener("focusout", (event) => { if (lifted && event.target === lifted.node) drop(false); });
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape" && held) cancel(); });
  // a drag is no click; a click opens the dates of what one may change
  box.addEventListener("click", (event) => {
    const node = event.target.closest(".tl-task");
    if (node && moved) event.preventDefault();
    else if (node && task(node.dataset.place)[4] & MINE) { event.preventDefault(); open(node.dataset.task); }
    moved = false;
  }, true);
})();
