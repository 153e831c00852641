/* Everybody's lanes. /schedule/data/ answers {start, now, seq, lanes: [[id, name, kind, lanes, [from, to, …], [[key, title,
   color, start, end, lane, flags, due], …], [busy from, to, …], gap], …]}, minutes since `start`; flags: 1 under way, 2 in review, 4 pinned, 8 late.
   Only what can be seen is in the page. A task is dragged by mouse or finger; what a choice costs is asked while it is
   held (/tasks/KEY/price/) and stands beside the pointer. By keyboard: Enter on a task opens the same as a dialog. */
(() => {
  const box = document.getElementById("schedule");
  if (!box) return;
  const bar = document.getElementById("schedule-bar"), plain = document.getElementById("schedule-plain");
  const said = document.getElementById("schedule-said");
  const ROW = 46, HEAD = 34, ZOOMS = { day: 1.1, week: 0.15, month: 0.042, quarter: 0.0135 };
  const zone = box.dataset.zone, may = box.dataset.may === "1";
  const kinds = { agent: tr("AI agent"), employee: tr("employee"), freelancer: tr("freelancer") };
  const names = () => (innerWidth > 900 ? 190 : 120);
  let data, rows = [], zoom = localStorage.getItem("schedule-zoom") || "week", scale = ZOOMS[zoom] ?? ZOOMS.week, first = 0, last = 0;
  const canvas = document.createElement("div"), head = document.createElement("div"), line = document.createElement("div");
  canvas.className = "sched-canvas"; head.className = "sched-head"; line.className = "now-line";
  box.append(canvas);

  const make = (name, text = "", tag = "div") => { const it = document.createElement(tag); it.className = name; if (text) it.textContent = text; return it; };
  const place = (it, left, top, width, height) => Object.assign(it.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, ...(height ? { height: `${height}px` } : {}) });
  const x = (minute) => names() + (minute - first) * scale;
  const at = (minute) => new Date(Date.parse(data.start) + minute * 60000);
  const clock = (options) => { const it = new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang, { timeZone: zone, ...options }); return (minute) => it.format(at(minute)); };
  const hour = clock({ hour: "2-digit", minute: "2-digit" }), day = clock({ weekday: "short", day: "numeric", month: "short" }), when = clock({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

  // The reader's clock on the wall, in minutes since 1970: their midnights are not those of the workspace, and not always 24 hours apart.
  const dial = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" });
  const epoch = () => Date.parse(data.start) / 60000;
  const wall = (minute) => { const it = Object.fromEntries(dial.formatToParts(at(minute)).map(({ type, value }) => [type, Number(value)])); return Date.UTC(it.year, it.month - 1, it.day, it.hour, it.minute) / 60000; };
  const apart = (minute) => wall(minute) - Math.floor(minute) - epoch();
  const off = (shown) => { const near = shown - epoch(); return near - apart(near - apart(near)); };
  const MONDAY = 4 * 1440; // 5 January 1970

  function shape() {
    const ends = data.lanes.flatMap((it) => it[5].map((b) => b[4]));
    first = off(Math.floor(wall(data.now) / 1440) * 1440);
    const weeks = { day: 2, week: 6, month: 16, quarter: 52 }[zoom];
    last = Math.max(first + weeks * 10080, Math.min(Math.max(0, ...ends) + 1440, first + 104 * 10080));
    last = Math.min(last, first + { day: 3, week: 12, month: 40, quarter: 104 }[zoom] * 10080);
    Object.assign(canvas.style, { width: `${x(last) + 40}px`, height: `${HEAD + rows.length * ROW}px` });
    canvas.replaceChildren(head, line);
    head.replaceChildren(make("sched-corner", trCount("%(n)s person", "%(n)s people", rows.length)));
    place(line, x(data.now), HEAD, 0, rows.length * ROW);
    drawn.clear();
    paint();
  }

  function ticks(from, to) {
    const step = { day: 60, week: 1440, month: 1440, quarter: 10080 }[zoom];
    for (const it of [...head.querySelectorAll(".tick")]) it.remove();
    for (let shown = Math.floor((wall(Math.max(first, from)) - MONDAY) / step) * step + MONDAY; off(shown) < Math.min(to, last); shown += step) {
      const minute = off(shown), midnight = shown % 1440 === 0, monday = (shown - MONDAY) % 10080 === 0;
      if (minute < first || (zoom === "month" && !monday)) continue;
      const it = make(midnight && zoom === "day" || monday ? "tick big" : "tick", zoom === "day" ? (midnight ? day(minute) : hour(minute)) : day(minute));
      place(it, x(minute), 0, 10);
      it.style.width = "auto";
      head.append(it);
    }
  }

  const drawn = new Map();
  function paint() {
    const top = Math.floor((box.scrollTop - HEAD) / ROW) - 4, bottom = Math.ceil((box.scrollTop + box.clientHeight) / ROW) + 4;
    const from = first + (box.scrollLeft - names()) / scale - 400 / scale, to = first + (box.scrollLeft + box.clientWidth) / scale + 400 / scale;
    const stamp = `${Math.round(from * scale / 400)}`;
    for (const [index, lane] of drawn) if (index < top || index > bottom || lane.dataset.stamp !== stamp) {
      if (lane.contains(document.activeElement)) continue;
      lane.remove(); drawn.delete(index);
    }
    for (let index = Math.max(0, top); index < Math.min(rows.length, bottom); index += 1) if (!drawn.has(index)) {
      const lane = draw(rows[index], index, from, to);
      lane.dataset.stamp = stamp; drawn.set(index, lane); canvas.append(lane);
    }
    ticks(from, to);
  }

  function draw([id, name, kind, lanes, spans, blocks, busy = [], gap = 0], index, from, to) {
    const lane = make("lane"); lane.dataset.worker = id; lane.dataset.name = name;
    Object.assign(lane.style, { top: `${HEAD + index * ROW}px`, width: `${x(last) + 40}px` });
    const label = make("lane-name"), link = make("", name, "a");
    link.href = `/people/${id}/`; const what = make("", "", "span"), count = trCount("%(n)s task", "%(n)s tasks", blocks.length);
    what.append(make("lane-kind", `${kinds[kind] ?? kind} · `, "span"), count); label.append(link, what);
    lane.append(label);
    if (scale > 0.02) for (let n = 0; n < spans.length; n += 2) if (spans[n + 1] > from && spans[n] < to && spans[n + 1] > first) {
      const low = Math.max(first, spans[n]), it = make("span");
      place(it, x(low), 0, (spans[n + 1] - low) * scale); lane.prepend(it);
    }
    if (scale > 0.02) for (let n = 0; n < busy.length; n += 2) if (busy[n + 1] > from && busy[n] < to && busy[n + 1] > first) {
      const low = Math.max(first, busy[n]), it = make("busy");
      it.title = tr("%(name)s is busy %(from)s to %(until)s", { name, from: when(busy[n]), until: when(busy[n + 1]) });
      place(it, x(low), 0, Math.max(3, (busy[n + 1] - low) * scale)); lane.append(it);
    }
    const height = lanes > 1 ? Math.max(10, 38 / Math.min(lanes, 3)) : 38;
    const next = new Map(), rest = [];
    if (gap && gap * scale >= 2) for (let n = blocks.length - 1; n >= 0; n -= 1) {
      const [, , , start, end, at] = blocks[n], until = Math.min(end + gap, next.get(at) ?? 0);
      if (until > end && until > from && end < to && end >= first) rest.push([end, until, at]);
      next.set(at, start);
    }
    for (const [end, until, at] of rest) {
      const it = make("lane-gap"); it.title = tr("%(n)s min between two tasks", { n: gap });
      place(it, x(end), 3 + (at % 3) * (lanes > 1 ? height : 0), (until - end) * scale, height); lane.append(it);
    }
    for (const [key, title, color, start, end, at, flags] of blocks) if (end > from && start < to && end > first) {
      const it = make(`block c${color}`, "", "button"), low = Math.max(first, start);
      it.type = "button"; it.dataset.task = key; it.dataset.title = title;
      if (flags & 1) it.classList.add("begun"); if (flags & 2) it.classList.add("review"); if (flags & 4) it.classList.add("pinned"); if (flags & 8) it.classList.add("late");
      const words = [`${key} ${title}`, tr("%(name)s, %(from)s to %(until)s", { name, from: when(start), until: when(end) }), flags & 1 ? tr("under way") : "", flags & 2 ? tr("in review") : "", flags & 4 ? tr("pinned") : "", flags & 8 ? tr("late") : ""].filter(Boolean).join(", ");
      it.setAttribute("aria-label", words); it.title = words;
      it.textContent = `${key} ${title}`;
      place(it, x(low), 3 + (at % 3) * (lanes > 1 ? height : 0), Math.max(5, (end - low) * scale - 1), height);
      lane.append(it);
      if ((Math.min(end, to) - Math.max(low, from)) * scale > 90 && lanes === 1) {
        const why = make("block-why", tr("Why?"), "a"), wide = 12 + 6 * why.textContent.length;
        why.href = `/tasks/${key}/why/`; why.setAttribute("aria-label", tr("Why %(name)s has %(task)s", { name, task: key }));
        place(why, x(low) + Math.min((end - low) * scale - wide - 6, 230), 14, wide); lane.append(why);
      }
    }
    return lane;
  }

  function filter() {
    const text = bar.querySelector("[data-find]").value.trim().toLowerCase(), kind = bar.querySelector("[data-kind]").value;
    rows = data.lanes.filter((it) => (!text || it[1].toLowerCase().includes(text)) && (!kind || it[2] === kind));
    rows.sort((a, b) => (b[5].length > 0) - (a[5].length > 0) || a[1].localeCompare(b[1]));
    shape();
  }
  function setZoom(name) {
    const middle = first + (box.scrollLeft + (box.clientWidth - names()) / 2) / scale;
    zoom = name; scale = ZOOMS[name]; localStorage.setItem("schedule-zoom", name);
    for (const it of bar.querySelectorAll("[data-zoom]")) it.setAttribute("aria-pressed", String(it.dataset.zoom === name));
    shape();
    box.scrollLeft = Math.max(0, (middle - first) * scale - (box.clientWidth - names()) / 2);
    paint();
  }
  async function load() {
    const answer = await fetch(`/schedule/data/${location.search}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    data = await answer.json();
    if (!data.lanes.length) return;
    plain.hidden = true; bar.hidden = false; box.hidden = false;
    filter();
  }

  let waits = 0;
  box.addEventListener("scroll", () => { waits ||= requestAnimationFrame(() => { waits = 0; paint(); }); }, { passive: true });
  addEventListener("resize", () => data && shape());
  bar.addEventListener("click", ({ target }) => {
    const name = target.closest("[data-zoom]")?.dataset.zoom;
    if (name) setZoom(name);
    if (target.closest("[data-now]")) { box.scrollLeft = Math.max(0, (data.now - first) * scale - 40); paint(); }
  });
  bar.addEventListener("input", ({ target }) => { if ("paged" in bar.dataset && target.matches("[data-kind]")) bar.requestSubmit(); else filter(); });
  bar.addEventListener("submit", (event) => { if (!("paged" in bar.dataset)) event.preventDefault(); }); // all lanes are here already
  box.addEventListener("keydown", (event) => {
    const order = Object.keys(ZOOMS), place = order.indexOf(zoom) + ({ "+": -1, "=": -1, "-": 1 }[event.key] ?? 0);
    if (event.ctrlKey || event.metaKey || order[place] === zoom || !order[place]) return;
    event.preventDefault(); setZoom(order[place]);
  });

  // giving a task to somebody
  const dialog = (key, worker = "", time = "") => window.htmx.ajax("GET", `/tasks/${key}/move-to/?${new URLSearchParams({ ...(worker ? { worker } : {}), ...(time ? { at: time } : {}) })}`, { target: "#modal-body" });
  box.addEventListener("click", (event) => {
    const { target, detail } = event, why = target.closest(".block-why");
    if (why && !event.ctrlKey && !event.metaKey) { event.preventDefault(); window.htmx.ajax("GET", why.getAttribute("href"), { target: "#modal-body" }); }
    const block = target.closest(".block");
    if (!block) return;
    if (may && detail === 0) dialog(block.dataset.task); // by keyboard
    else if (!moved) location.href = `/tasks/${block.dataset.task}/`;
  });

  let held, moved = false, asked = "", price, timer;
  const ghost = make("drag-ghost"); ghost.hidden = true; document.body.append(ghost);
  document.addEventListener("pointerdown", (event) => {
    moved = false;
    const source = event.target.closest?.(".block:not(.begun, .review), [data-pool]");
    if (!may || !source || event.button || event.target.closest("a")) return;
    held = { key: source.dataset.task ?? source.dataset.pool, title: source.dataset.title, x: event.clientX, y: event.clientY };
  });
  // the browser's own ideas of what dragging means: selecting text, and carrying it away
  for (const kind of ["selectstart", "dragstart"]) document.addEventListener(kind, (event) => { if (held) event.preventDefault(); });
  const target = ({ clientX, clientY }) => {
    const lane = document.elementFromPoint(clientX, clientY)?.closest?.(".lane");
    if (!lane) return null;
    const minute = first + (clientX - box.getBoundingClientRect().left + box.scrollLeft - names()) / scale;
    const exact = scale > 0.1 && minute > data.now, time = exact ? at(Math.round(minute / 15) * 15).toISOString() : "";
    return { lane, worker: lane.dataset.worker, name: lane.dataset.name, time, minute: Math.round(minute / 15) * 15 };
  };
  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    if (!moved && Math.hypot(event.clientX - held.x, event.clientY - held.y) < 5) return;
    moved = true; event.preventDefault();
    document.body.classList.add("dragging");
    const over = target(event);
    for (const lane of box.querySelectorAll(".lane.target")) lane.classList.remove("target");
    over?.lane.classList.add("target");
    ghost.hidden = false;
    Object.assign(ghost.style, { left: `${Math.min(event.clientX + 14, innerWidth - 280)}px`, top: `${event.clientY + 14}px` });
    const question = over ? `${held.key} ${over.worker} ${over.time}` : "";
    if (question === asked) return;
    asked = question; price = null;
    ghost.replaceChildren(make("", `${held.key} ${held.title}`, "b"), make("", over ? towards(over, "…") : tr("Hold it over a person."), "span"));
    clearTimeout(timer);
    if (over) timer = setTimeout(() => ask(over, question), 120);
  });
  const towards = ({ name, time, minute }, what) => (time ? tr("To %(name)s, from %(when)s: %(what)s", { name, when: when(minute), what }) : tr("To %(name)s: %(what)s", { name, what }));
  async function ask(over, question) {
    const query = new URLSearchParams({ worker: over.worker, ...(over.time ? { at: over.time } : {}) });
    const answer = await fetch(`/tasks/${held?.key}/price/?${query}`).catch(() => null);
    if (!held || question !== asked) return;
    const told = answer?.ok ? await answer.json() : null;
    price = told;
    const words = told?.words ?? tr("What it costs could not be found out.");
    ghost.lastChild.textContent = towards(over, words);
    ghost.lastChild.className = told?.obstacle || told?.late ? "bad" : "";
    said.textContent = words;
  }
  function letGo() { held = null; asked = ""; ghost.hidden = true; document.body.classList.remove("dragging"); for (const lane of box.querySelectorAll(".lane.target")) lane.classList.remove("target"); }
  addEventListener("pointerup", async (event) => {
    if (!held || !moved) { held = null; return; }
    const over = target(event), { key } = held, best = price?.best;
    letGo();
    if (!over) return;
    if (!best) { dialog(key, over.worker, over.time); return; }
    const form = document.createElement("form"), token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
    form.method = "post"; form.action = `/tasks/${key}/pin/`;
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token, worker: over.worker, at: over.time })) { const it = document.createElement("input"); it.type = "hidden"; it.name = name; it.value = value; form.append(it); }
    document.body.append(form); form.submit();
  });
  addEventListener("keydown", ({ key }) => { if (key === "Escape" && held) letGo(); });
  addEventListener("pointercancel", letGo);

  document.body.addEventListener("htmx:afterSwap", ({ detail }) => { if (detail.target.id === "schedule-side" && !held) load(); });
  for (const it of bar.querySelectorAll("[data-zoom]")) it.setAttribute("aria-pressed", String(it.dataset.zoom === zoom));
  load();
})();
