/* Giving tasks another day on the calendar. Contract: #calendar[data-here] holds days [data-day][data-said] and links
   [data-movable][data-task][data-title], with data-due where they have a date. A drop POSTs `day` to /tasks/KEY/day/, which
   answers {text, undo_url} or a problem {detail}; then the calendar is fetched again. Keys on a task: space or an arrow
   lifts it; arrows move it by day and by week; enter or space puts it down, escape gives it back. A finger that rests on a
   task lifts it; where there is no grid, four weeks to drop it on come up from below. */
(() => {
  const said = document.getElementById("calendar-said");
  if (!said) return;
  const root = () => document.getElementById("calendar");
  const say = (text) => { said.textContent = text; };
  const language = document.documentElement.lang || "en", locale = language === "en" ? "en-GB" : language;
  const toast = (detail) => document.body.dispatchEvent(new CustomEvent("toast", { detail }));
  const cell = (day) => root().querySelector(`.cal-day[data-day="${day}"]`);
  const name = (link) => `${link.dataset.task} ${link.dataset.title}`;
  const spoken = (day) => cell(day)?.dataset.said ?? new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`${day}T12:00Z`));
  const plus = (day, count) => new Date(Date.parse(`${day}T12:00Z`) + count * 86400000).toISOString().slice(0, 10);
  const mark = (day) => {
    for (const it of document.querySelectorAll("[data-day].target")) it.classList.remove("target");
    if (day) for (const it of document.querySelectorAll(`[data-day="${day}"]`)) it.classList.add("target");
  };

  async function put(link, day) {
    const key = link.dataset.task, here = root().dataset.here, token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
    if (day === link.dataset.due) { say(tr("%(task)s stays on %(day)s.", { task: name(link), day: spoken(day) })); return; }
    link.setAttribute("aria-busy", "true");
    const answer = await fetch(`/tasks/${key}/day/`, {
      method: "POST", body: new URLSearchParams({ day, next: here }), headers: { "X-CSRFToken": token, Accept: "application/json" },
    }).catch(() => null);
    link.removeAttribute("aria-busy");
    document.dispatchEvent(new Event("wrote"));
    const told = await answer?.json().catch(() => null);
    if (!answer?.ok) {
      const text = told?.detail ?? tr("The day could not be saved. Check the connection and try again.");
      toast({ level: "error", text });
      say(`${tr("%(task)s stays where it was.", { task: name(link) })} ${text}`);
      return;
    }
    toast({ level: "success", text: told.text, undo_url: told.undo_url });
    say(told.text);
    await window.htmx.ajax("GET", here, { target: "#calendar", select: "#calendar", swap: "outerHTML" });
    root().querySelector(`[data-task="${key}"]`)?.focus({ preventScroll: true });
  }

  // keyboard
  let lifted = null, at = "";
  const first = () => root().querySelector(".cal-day.today, .cal-day")?.dataset.day ?? new Date().toISOString().slice(0, 10);
  function lift(link) {
    lifted = link; at = link.dataset.due ?? first();
    link.classList.add("lifted"); mark(at);
    say(tr("Lifted %(task)s, %(day)s. Arrow keys move it, enter puts it down, escape gives it back.", { task: name(link), day: link.dataset.due ? spoken(at) : tr("no date yet") }));
  }
  function drop(keep) {
    const link = lifted;
    lifted = null; link.classList.remove("lifted"); mark("");
    if (keep) put(link, at); else say(tr("%(task)s is back where it was.", { task: name(link) }));
  }
  document.addEventListener("keydown", (event) => {
    const link = event.target.closest?.("[data-movable]"), step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (!link || event.metaKey || event.ctrlKey || event.altKey || event.shiftKey) return;
    if (lifted === link && event.key === "Escape") drop(false);
    else if (lifted === link && (event.key === "Enter" || event.key === " ")) drop(true);
    else if (event.key === " ") lift(link);
    else if (step) {
      if (lifted !== link) lift(link);
      at = plus(at, step); mark(at); cell(at)?.scrollIntoView({ block: "nearest" });
      say(spoken(at));
    } else return;
    event.preventDefault(); event.stopPropagation();
  });
  document.addEventListener("focusout", (event) => { if (lifted === event.target) drop(false); });

  // mouse and finger
  let held = null, over = "", moved = false;
  const ghost = document.createElement("div");
  ghost.className = "cal-ghost"; ghost.hidden = true; document.body.append(ghost);
  document.addEventListener("pointerdown", (event) => {
    moved = false;
    const link = event.target.closest?.("[data-movable]");
    if (!link || event.button) return;
    if (event.pointerType === "touch") { window.longPress(event, (at) => take(link, at)); return; }
    held = { link, x: event.clientX, y: event.clientY };
  });
  for (const kind of ["selectstart", "dragstart"]) document.addEventListener(kind, (event) => { if (held) event.preventDefault(); });
  document.addEventListener("pointermove", (event) => {
    if (!held || (!moved && Math.hypot(event.clientX - held.x, event.clientY - held.y) < 5)) return;
    if (!moved) { moved = true; held.link.classList.add("lifted"); document.body.classList.add("dragging"); }
    over = document.elementsFromPoint(event.clientX, event.clientY).find((it) => it.matches("[data-day]"))?.dataset.day ?? "";
    mark(over);
    follow(event.clientX, event.clientY);
  });
  function follow(x, y) {
    ghost.hidden = false;
    const title = document.createElement("b"); title.textContent = name(held.link);
    ghost.replaceChildren(title, over ? tr("Due on %(day)s", { day: spoken(over) }) : tr("Hold it over a day."));
    const above = held.finger ? y - ghost.offsetHeight - 28 : y + 14;
    Object.assign(ghost.style, { left: `${Math.max(8, Math.min(x + 14, innerWidth - 280))}px`, top: `${Math.max(8, above)}px` });
  }
  /* A finger has rested on it: it is lifted, and moves with the finger. */
  function take(link, { x, y }) {
    held = { link, x, y, finger: true }; moved = true; over = "";
    link.classList.add("lifted"); document.body.classList.add("dragging");
    const grid = root().querySelector(".cal-grid");
    if (!grid || !grid.offsetParent) weeks(link.dataset.due ?? first());
    mark(link.dataset.due); follow(x, y);
    say(tr("Lifted %(task)s.", { task: name(link) }));
  }
  function weeks(day) {
    const monday = plus(day, -((new Date(`${day}T12:00Z`).getUTCDay() + 6) % 7)), panel = document.createElement("div");
    panel.className = "cal-strip";
    for (let n = 0; n < 28; n++) {
      const date = plus(monday, n), it = document.createElement("span"), month = new Date(`${date}T12:00Z`).toLocaleDateString(locale, { month: "short", timeZone: "UTC" });
      it.dataset.day = date; it.dataset.said = spoken(date);
      it.textContent = n === 0 || date.endsWith("-01") ? `${Number(date.slice(8))} ${month}` : Number(date.slice(8));
      panel.append(it);
    }
    document.body.append(panel);
  }
  function letGo() {
    held?.link.classList.remove("lifted");
    document.querySelector(".cal-strip")?.remove();
    held = null; ghost.hidden = true; document.body.classList.remove("dragging"); mark("");
  }
  addEventListener("pointerup", () => {
    if (!held || !moved) { held = null; return; }
    const { link } = held, day = over;
    letGo();
    if (day) put(link, day);
  });
  addEventListener("pointercancel", letGo);
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape" && held) { letGo(); moved = true; } });
  // the list on a phone begins with today
  if (innerWidth <= 760 && !new URLSearchParams(location.search).has("on")) document.querySelector(".cal-agenda-day.today")?.scrollIntoView();

  // a drag is no click
  document.addEventListener("click", (event) => { if (moved && event.target.closest("[data-movable]")) { event.preventDefault(); moved = false; } }, true);
})();
