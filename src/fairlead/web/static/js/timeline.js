/* Bars over time. The address in data-url of #timeline-state answers what web/timeline_data.py says. Only rows and bars that
   can be seen are in the page. Up and down walk from bar to bar, plus and minus zoom; timeline_move.js moves and links. */
(() => {
  const box = document.getElementById("timeline");
  if (!box) return;
  const bar = document.getElementById("timeline-bar"), plain = document.getElementById("timeline-plain"), wait = document.getElementById("timeline-wait"), said = document.getElementById("timeline-said");
  const state = () => document.getElementById("timeline-state");
  const DAY = 1440, ROW = 32, HEAD = 40, ZOOMS = { day: 0.055, week: 0.021, month: 0.0076, quarter: 0.0029 };
  const OVER = 1, MILESTONE = 2, LATE = 4, NO_START = 8, MINE = 16, BEGUN = 32, NO_DUE = 64;
  const may = box.dataset.may === "1";
  const names = () => (innerWidth > 900 ? 260 : 124);
  const kept = (name, usual) => localStorage.getItem(`timeline-${name}`) ?? usual, keep = (name, value) => localStorage.setItem(`timeline-${name}`, value);
  let data, rows = [], at = [], zoom = kept("zoom", "week"), scale = ZOOMS[zoom] ?? ZOOMS.week, first = 0, last = 0, critical = new Set(), folded = new Set(), seen = false;
  const group = bar.querySelector("[data-group]");
  const make = (name, text = "", tag = "div") => { const it = document.createElement(tag); if (name) it.className = name; if (text) it.textContent = text; return it; };
  const svg = (name, attributes) => { const it = document.createElementNS("http://www.w3.org/2000/svg", name); for (const [key, value] of Object.entries(attributes)) it.setAttribute(key, value); return it; };
  const canvas = make("tl-canvas"), head = make("tl-head"), line = make("tl-now"), links = svg("svg", { class: "tl-links", "aria-hidden": "true" });
  box.append(canvas);

  const language = document.documentElement.lang || "en", locale = language === "en" ? "en-GB" : language;
  const x = (minute) => names() + (minute - first) * scale;
  const date = (minute) => new Date(Date.parse(`${data.ref}T00:00Z`) + minute * 60000);
  const words = (options) => { const it = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }); return (minute) => it.format(date(minute)); };
  const short = words({ weekday: "short", day: "numeric", month: "short" }), month = words({ month: "long", year: "numeric" }), num = words({ day: "numeric" }), brief = words({ day: "numeric", month: "short" }), mon = words({ month: "short" });
  const iso = (minute) => date(minute).toISOString().slice(0, 10);
  const midnight = (minute) => Math.floor(minute / DAY) * DAY;
  const say = (text) => { said.textContent = text; };

  // rows
  function arrange() {
    const by = { project: 5, assignee: 6, parent: 7 }[group.value], order = { project: data.projects, assignee: data.people, parent: data.parents }[group.value] ?? [];
    rows = []; at = new Array(data.tasks.length).fill(-1);
    const groups = new Map([...order.map((it) => [it[0], { id: it[0], name: it[1], color: group.value === "project" ? it[2] : -1, tasks: [] }]), ["", { id: "", name: group.value === "assignee" ? tr("Nobody yet") : tr("Part of nothing"), color: -1, tasks: [] }]]);
    data.tasks.forEach((it, place) => (groups.get(by ? it[by] || "" : "") ?? groups.get("")).tasks.push(place));
    for (const it of groups.values()) if (it.tasks.length) {
      if (by) rows.push({ group: it, first: Math.min(...it.tasks.map((n) => data.tasks[n][2])), last: Math.max(...it.tasks.map((n) => data.tasks[n][3])) });
      if (!by || !folded.has(`${group.value} ${it.id}`)) for (const place of it.tasks) { at[place] = rows.length; rows.push({ place }); }
    }
    shape();
  }
  function shape() {
    const starts = data.tasks.map((it) => it[2]), ends = data.tasks.map((it) => it[3]);
    first = midnight(Math.min(data.now, ...starts)) - 7 * DAY; first -= ((date(first).getUTCDay() + 6) % 7) * DAY;
    last = Math.max(midnight(Math.max(data.now, ...ends)) + 21 * DAY, first + (box.clientWidth - names()) / scale);
    Object.assign(canvas.style, { width: `${x(last)}px`, height: `${HEAD + rows.length * ROW + 8}px` });
    canvas.replaceChildren(head, line, links);
    head.replaceChildren(make("tl-corner", trCount("%(n)s task", "%(n)s tasks", data.tasks.length)));
    Object.assign(line.style, { left: `${x(data.now)}px`, height: `${rows.length * ROW + 8}px` });
    drawn.clear(); ticked = ""; paint();
  }

  const drawn = new Map();
  let ticked = "";
  function paint() {
    const top = Math.floor((box.scrollTop - HEAD) / ROW) - 5, bottom = Math.ceil((box.scrollTop + box.clientHeight) / ROW) + 5;
    const from = first + (box.scrollLeft - 500) / scale, to = first + (box.scrollLeft + box.clientWidth + 500) / scale, stamp = `${Math.round(box.scrollLeft / 400)}`;
    for (const [index, row] of drawn) if (index < top || index > bottom || row.dataset.stamp !== stamp) {
      if (row.contains(document.activeElement) || row.querySelector(".lifted")) continue;
      row.remove(); drawn.delete(index);
    }
    for (let index = Math.max(0, top); index < Math.min(rows.length, bottom); index += 1) if (!drawn.has(index)) {
      const row = rows[index].group ? drawGroup(rows[index], index) : drawTask(rows[index].place, from, to);
      Object.assign(row.style, { top: `${HEAD + index * ROW}px`, width: `${x(last)}px` });
      row.dataset.stamp = stamp; drawn.set(index, row); canvas.append(row);
    }
    if (ticked !== stamp) { ticked = stamp; ticks(from, to); }
    tie(top, bottom, from, to);
  }
  function ticks(from, to) {
    for (const it of canvas.querySelectorAll(".tl-tick, .tl-off")) it.remove();
    const put = (name, minute, width, text, into = head) => { const it = make(name, text); Object.assign(it.style, { left: `${x(minute)}px`, width: `${width}px` }); into.append(it); return it; };
    for (let minute = Math.max(first, midnight(from)); minute < Math.min(to, last); minute += DAY) {
      const it = date(minute), monday = it.getUTCDay() === 1, one = it.getUTCDate() === 1;
      if (one || minute === Math.max(first, midnight(from))) put("tl-tick big", minute, 120, month(minute));
      if (zoom === "day" || zoom === "week") put("tl-tick", minute, DAY * scale, zoom === "day" ? short(minute) : num(minute));
      else if (zoom === "month" && monday) put("tl-tick", minute, 7 * DAY * scale, brief(minute));
      else if (zoom === "quarter" && one) put("tl-tick", minute, 30 * DAY * scale, mon(minute));
      if (zoom !== "quarter" && it.getUTCDay() === 6) put("tl-off", minute, 2 * DAY * scale, "", canvas).style.height = `${rows.length * ROW + 8}px`;
    }
  }
  function drawGroup({ group: it, first: low, last: high }, index) {
    const row = make("tl-row tl-group"), name = make("tl-name"), button = make("tl-toggle", "", "button"), id = `${group.value} ${it.id}`;
    button.type = "button"; button.dataset.fold = id; button.setAttribute("aria-expanded", String(!folded.has(id)));
    button.append(make("", it.name, "span"), make("", String(it.tasks.length), "small")); name.append(button);
    const sum = make(it.color < 0 ? "tl-sum" : `tl-sum c${it.color}`);
    Object.assign(sum.style, { left: `${x(low)}px`, width: `${Math.max(4, (high - low) * scale)}px` });
    row.append(name, sum); row.dataset.index = index;
    return row;
  }
  const color = (place) => data.projects.find((it) => it[0] === data.tasks[place][5])?.[2] ?? 0;
  function drawTask(place, from, to) {
    const [key, title, start, end, flags] = data.tasks[place], row = make("tl-row"), name = make("tl-name"), link = make("", title, "a");
    link.href = `/tasks/${key}/`; link.title = `${key} ${title}`; name.append(make("tl-key", key, "span"), link); row.append(name);
    if (end >= from && start <= to) row.append(drawBar(place, key, title, start, end, flags));
    return row;
  }
  function drawBar(place, key, title, start, end, flags) {
    const it = make(`tl-task c${color(place)}`, "", "button"), milestone = flags & MILESTONE, mine = may && flags & MINE && !(flags & OVER);
    it.type = "button"; it.dataset.place = place; it.dataset.task = key;
    for (const [flag, name] of [[OVER, "over"], [MILESTONE, "milestone"], [LATE, "late"], [NO_START, "no-start"], [BEGUN, "begun"], [NO_DUE, "no-due"]]) if (flags & flag) it.classList.add(name);
    if (critical.has(place)) it.classList.add("critical");
    const told = [`${key} ${title}`, milestone ? tr("milestone on %(day)s", { day: short(end) }) : tr("%(first)s to %(last)s", { first: short(start), last: short(end) }), flags & OVER ? tr("over") : "", flags & BEGUN && !(flags & OVER) ? tr("under way") : "", flags & LATE ? tr("late") : "", flags & NO_START && !milestone ? tr("start assumed from its effort") : ""].filter(Boolean).join(", ");
    it.setAttribute("aria-label", told); it.title = told;
    it.append(make("", title, "span"));
    if (mine) {
      it.classList.add("mine");
      if (!milestone && !(flags & BEGUN)) it.append(make("tl-grip start", "", "span"));
      if (!milestone) it.append(make("tl-grip end", "", "span"));
    }
    if (may && flags & MINE) it.append(make("tl-dot start", "", "span"), make("tl-dot end", "", "span"));
    lay(it, start, end, milestone);
    return it;
  }
  const lay = (it, start, end, milestone) => Object.assign(it.style, milestone ? { left: `${x(end) - 8}px` } : { left: `${x(start)}px`, width: `${Math.max(8, (end - start) * scale)}px` });

  // links
  const middle = (place) => HEAD + at[place] * ROW + ROW / 2;
  function tie(top, bottom, from, to) {
    const left = box.scrollLeft, up = box.scrollTop, width = box.clientWidth, height = box.clientHeight;
    Object.assign(links.style, { left: `${left}px`, top: `${up}px`, width: `${width}px`, height: `${Math.min(height, canvas.offsetHeight - up)}px` });
    links.setAttribute("viewBox", `${left} ${up} ${width} ${Math.min(height, canvas.offsetHeight - up)}`);
    links.replaceChildren();
    for (const [after, task, kind, , broken] of data.links) {
      if (at[after] < 0 || at[task] < 0 || Math.max(at[after], at[task]) < top || Math.min(at[after], at[task]) > bottom) continue;
      const a = data.tasks[after], b = data.tasks[task];
      if (Math.max(a[3], b[3]) < from || Math.min(a[2], b[2]) > to) continue;
      const out = kind[0] === "f" ? 1 : -1, into = kind[1] === "s" ? 1 : -1;
      const x1 = x(out > 0 ? a[3] : a[2]) + (a[4] & MILESTONE ? 8 * out : 0), x2 = x(into > 0 ? b[2] : b[3]) - (b[4] & MILESTONE ? 8 * into : 0), y1 = middle(after), y2 = middle(task);
      const both = critical.has(after) && critical.has(task) ? " critical" : "", name = (broken ? "broken" : "") + both;
      links.append(svg("path", { d: route(x1, y1, out, x2, y2, into), class: name }), svg("path", { d: `M${x2} ${y2}l${-6 * into} -3.5v7z`, class: `tip ${name}` }));
    }
  }
  function route(x1, y1, out, x2, y2, into) {
    const a = x1 + 9 * out, b = x2 - 9 * into, half = y1 + Math.sign(y2 - y1 || 1) * ROW / 2;
    if (out === into && (b - a) * out >= 0) return `M${x1} ${y1}H${b}V${y2}H${x2}`;
    if (out !== into) { const edge = out > 0 ? Math.max(a, b) : Math.min(a, b); return `M${x1} ${y1}H${edge}V${y2}H${x2}`; }
    return `M${x1} ${y1}H${a}V${half}H${b}V${y2}H${x2}`;
  }

  // walking and opening
  function walk(node, step) {
    for (let index = at[node.dataset.place] + step; rows[index]; index += step) if (!rows[index].group) {
      box.scrollTop = Math.max(0, Math.min(box.scrollTop, index * ROW), index * ROW + HEAD + ROW * 2 - box.clientHeight);
      paint();
      drawn.get(index)?.querySelector(".tl-task, a")?.focus({ preventScroll: true });
      return;
    }
  }
  box.addEventListener("keydown", (event) => {
    const node = event.target.closest(".tl-task"), way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || box.querySelector(".lifted")) return;
    if (node && way) walk(node, way);
    else if (["+", "=", "-"].includes(event.key)) { const order = Object.keys(ZOOMS), next = order[order.indexOf(zoom) + (event.key === "-" ? 1 : -1)]; if (next) setZoom(next); }
    else return;
    event.preventDefault(); event.stopPropagation();
  });
  box.addEventListener("click", (event) => {
    const fold = event.target.closest("[data-fold]")?.dataset.fold, node = event.target.closest(".tl-task");
    if (fold !== undefined) { if (!folded.delete(fold)) folded.add(fold); arrange(); box.querySelector(`[data-fold="${CSS.escape(fold)}"]`)?.focus(); }
    else if (node && !event.defaultPrevented) location.href = `/tasks/${node.dataset.task}/`;
  });

  // tools
  function setZoom(name) {
    const center = first + (box.scrollLeft + (box.clientWidth - names()) / 2) / scale;
    zoom = name; scale = ZOOMS[name]; keep("zoom", name); pressed(); shape();
    box.scrollLeft = Math.max(0, (center - first) * scale - (box.clientWidth - names()) / 2); paint();
  }
  const pressed = () => { for (const it of bar.querySelectorAll("[data-zoom]")) it.setAttribute("aria-pressed", String(it.dataset.zoom === zoom)); };
  const goto = (minute) => { box.scrollLeft = Math.max(0, (minute - first) * scale - (box.clientWidth - names()) / 3); paint(); };
  bar.addEventListener("click", ({ target }) => {
    const name = target.closest("[data-zoom]")?.dataset.zoom, chain = target.closest("[data-critical]");
    if (name) setZoom(name);
    if (target.closest("[data-now]")) goto(data.now);
    if (chain) { const on = canvas.classList.toggle("show-critical"); chain.setAttribute("aria-pressed", String(on)); say(data.critical.length ? tr("The longest chain: %(keys)s.", { keys: data.critical.map((n) => data.tasks[n][0]).join(", ") }) : tr("No tasks are linked.")); if (on && data.critical.length) goto(data.tasks[data.critical[0]][2]); }
    if (target.closest("[data-fold]")) { const all = rows.filter((it) => it.group).map((it) => `${group.value} ${it.group.id}`), some = all.some((id) => !folded.has(id)); folded = new Set(some ? all : []); arrange(); }
  });
  group.addEventListener("change", () => { keep("group", group.value); folded = new Set(); arrange(); });
  let waits = 0;
  box.addEventListener("scroll", () => { waits ||= requestAnimationFrame(() => { waits = 0; paint(); }); }, { passive: true });
  addEventListener("resize", () => data && !box.hidden && shape());

  async function load() {
    const answer = await fetch(state().dataset.url, { headers: { Accept: "application/json" } }).catch(() => null);
    wait?.remove();
    if (!answer?.ok) { if (!data) { plain.classList.add("shown"); bar.hidden = true; } return; }
    const on = document.activeElement?.closest?.(".tl-task")?.dataset.task;
    const fresh = await answer.json();
    while (seen && taken()) await new Promise((soon) => setTimeout(soon, 200));
    data = fresh; critical = new Set(data.critical);
    plain.classList.remove("shown"); bar.hidden = box.hidden = !data.tasks.length;
    if (!data.tasks.length) return;
    const spot = [box.scrollLeft, box.scrollTop];
    arrange();
    if (seen) [box.scrollLeft, box.scrollTop] = spot; else goto(data.now);
    seen = true; paint();
    if (on) box.querySelector(`.tl-task[data-task="${on}"]`)?.focus({ preventScroll: true });
  }
  document.body.addEventListener("htmx:afterSwap", () => { if (state() && state() !== known) reload(); });
  let known = state();
  // what somebody presses or holds is not torn away
  let touched = false;
  box.addEventListener("pointerdown", () => { touched = true; }, true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => { touched = false; }), true);
  const taken = () => touched || box.querySelector(".lifted");
  const reload = () => { if (taken()) { setTimeout(reload, 600); return; } if (state() !== known) { known = state(); load(); } };
  const saved = kept("group", null);
  if (saved !== null && [...group.options].some((it) => it.value === saved)) group.value = saved;
  window.bars = { DAY, MINE, BEGUN, MILESTONE, box, canvas, links, make, svg, say, short, iso, lay, middle, state, x, task: (place) => data.tasks[place], scale: () => scale };
  pressed(); load();
})();
