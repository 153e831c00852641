/* The palette: Ctrl or ⌘ with K. Lines are [data-command] with data-target: go (an address), post (an address, with
   data-fields as a query string), click (a selector), theme (its name), copy (the page's address). The commands stand in
   the page and are matched here, letter by letter in order; tasks and people are fetched from data-palette-url. What was
   opened lately stands first, kept in this browser under "recent". */
(() => {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = document.getElementById("palette-input"), list = document.getElementById("palette-list");
  const said = document.getElementById("palette-said");
  const fixed = [...list.querySelectorAll("[data-command]")];
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  let active = -1, timer, asked = 0;

  // what was opened lately
  const recent = () => { try { return JSON.parse(localStorage.getItem("recent") ?? "[]"); } catch { return []; } };
  const remember = () => {
    const found = location.pathname.match(/^\/(tasks\/[A-Z0-9]+-\d+|projects\/[A-Z0-9]+|views\/\d+)\/$/);
    if (!found || document.querySelector("main .empty-mark")) return;
    const mine = { href: location.pathname, text: document.title.replace(/ · [^·]*$/, "") };
    try { localStorage.setItem("recent", JSON.stringify([mine, ...recent().filter((it) => it.href !== mine.href)].slice(0, 6))); } catch { /* a full or closed store only forgets */ }
  };
  const recentLine = (it, index) => {
    const line = document.createElement("li"), words = document.createElement("span");
    Object.assign(line, { id: `recent-${index}`, className: "palette-item" });
    Object.assign(line.dataset, { command: "go", target: it.href, words: it.text, group: tr("Lately") });
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", "false");
    words.className = "clip grow";
    words.textContent = it.text;
    line.append(words);
    return line;
  };

  // matching: every letter in order; beginnings of words and letters in a row count more
  const score = (text, typed) => {
    const hay = text.toLowerCase();
    let at = 0, points = 0, row = 0;
    for (const letter of typed) {
      const next = hay.indexOf(letter, at);
      if (next < 0) return -1;
      row = next === at && at > 0 ? row + 1 : 0;
      points += (next === 0 || " -:".includes(hay[next - 1]) ? 6 : 1) + row * 3;
      at = next + 1;
    }
    return points - hay.length / 40;
  };
  const lines = () => [...list.querySelectorAll('[role="option"]')];
  const mark = (index) => {
    const all = lines();
    all[active]?.setAttribute("aria-selected", "false");
    active = all.length ? (index + all.length) % all.length : -1;
    const line = all[active];
    line?.setAttribute("aria-selected", "true");
    line?.scrollIntoView({ block: "nearest" });
    if (line) input.setAttribute("aria-activedescendant", line.id); else input.removeAttribute("aria-activedescendant");
  };
  const caption = (text) => { const head = document.createElement("li"); head.className = "menu-caption"; head.setAttribute("role", "presentation"); head.textContent = text; return head; };
  const draw = (fetched = []) => {
    const typed = input.value.trim().toLowerCase();
    let parts = [];
    if (!typed) {
      const lately = recent().filter((it) => it.href !== location.pathname).map(recentLine);
      let group = "";
      for (const line of [...lately.slice(0, 5), ...fixed]) {
        if (line.dataset.group !== group) { group = line.dataset.group; parts.push(caption(group)); }
        parts.push(line);
      }
    } else {
      const ranked = fixed.map((line) => [score(line.dataset.words, typed.replace(/\s+/g, "")), line]).filter(([points]) => points > 0);
      ranked.sort(([a], [b]) => b - a);
      parts = [...ranked.slice(0, 6).map(([, line]) => line), ...fetched];
    }
    list.replaceChildren(...parts);
    mark(0);
    said.textContent = typed ? tr("%(n)s found", { n: lines().length }) : "";
  };
  const fetchMore = () => {
    const typed = input.value.trim(), turn = ++asked;
    clearTimeout(timer);
    draw();
    if (!typed) return;
    timer = setTimeout(async () => {
      const answer = await fetch(`${input.dataset.paletteUrl}?q=${encodeURIComponent(typed)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
      if (!answer?.ok || turn !== asked) return;
      const body = new DOMParser().parseFromString(`<ul>${await answer.text()}</ul>`, "text/html");
      if (turn === asked) { const kept = active; draw([...body.querySelectorAll("li")]); if (kept > 0) mark(kept); }
    }, 120);
  };

  // doing
  const submit = (action, fields) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action });
    for (const [name, value] of [["csrfmiddlewaretoken", token()], ...new URLSearchParams(fields)]) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  };
  const deeds = {
    go: (target, aside) => { if (aside) open(target, "_blank", "noopener"); else location.assign(target); },
    post: (target, _aside, line) => submit(target, line.dataset.fields ?? ""),
    click: (target) => { const found = document.querySelector(target); found?.focus(); found?.click(); },
    theme: (target) => document.querySelector(`[data-theme-form] button[value="${target}"]`)?.click(),
    copy: async () => {
      const text = await navigator.clipboard.writeText(location.href).then(() => tr("The link is copied."), () => location.href);
      document.body.dispatchEvent(new CustomEvent("toast", { detail: { level: "success", text } }));
    },
  };
  const run = (line, aside) => {
    if (!line) return;
    window.layer.lower();
    deeds[line.dataset.command](line.dataset.target, aside, line);
  };
  const show = () => {
    window.layer.lift(dialog);
    input.value = "";
    draw();
  };
  window.addEventListener("keydown", (event) => {
    if (!(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (window.layer.isLifted(dialog)) window.layer.lower(); else show();
  }, true);
  input.addEventListener("input", fetchMore);
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 8, PageUp: Math.max(0, active - 8) };
    if (event.key in steps) { event.preventDefault(); mark(steps[event.key]); }
    else if (event.key === "Enter") { event.preventDefault(); run(lines()[active], event.ctrlKey || event.metaKey); }
  });
  list.addEventListener("pointermove", (event) => { const at = lines().indexOf(event.target.closest('[role="option"]')); if (at >= 0 && at !== active) mark(at); });
  list.addEventListener("click", (event) => run(event.target.closest("[data-command]"), event.ctrlKey || event.metaKey));
  document.addEventListener("click", (event) => { if (event.target.closest("[data-palette]")) { event.preventDefault(); show(); } });
  whenIdle(remember);
})();
