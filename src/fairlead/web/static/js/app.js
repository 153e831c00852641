/* What every page needs. All behaviour hangs on data attributes; without this file pages still work.
   data-open="id"    opens that <dialog>             data-dismiss   removes the toast around it
   data-key="c"      is clicked by that key          data-go="p"    is clicked by g, then that key
   data-relative     a <time> shown as "3 hours ago" data-focus     takes the focus when it arrives
   An element with id="modal" that htmx fills opens as a dialog. The event `toast` {text, level, undo_url} shows a toast
   and may come from the server as an HX-Trigger header; `close-modal` closes the dialog.
   whenIdle(deed) does it when the page stands and nothing else is to do, such as reading what this browser has kept.
   tr("Move %(task)s", { task }) says a text in the language of the page, trCount the form for n things: what is not
   English stands in the page as JSON (#texts), so that scripts are the same for everybody. */
(() => {
  const texts = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");
  const lang = document.documentElement.lang || "en";
  let forms, words;  // made when they are needed: each costs a phone longer than all else that is done here at the start
  const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
  window.tr = (text, values = {}) => fill(texts[text] ?? text, values);
  window.trCount = (one, many, n, values = {}) => fill((texts[one] ?? [one, many])[(forms ??= new Intl.PluralRules(lang)).select(n) === "one" ? 0 : 1], { n, ...values });

  window.whenIdle = (deed) => window.requestIdleCallback ? requestIdleCallback(deed, { timeout: 2000 }) : setTimeout(deed, 200);

  const all = (selector, root = document) => root.querySelectorAll(selector);
  const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const send = (name, detail) => document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));

  // toasts
  const dismiss = (toast) => { toast.dataset.leaving = ""; setTimeout(() => toast.remove(), 220); };
  const fade = (toast) => {
    if (toast.dataset.toast === "stays") return;
    let timer;
    const start = () => { timer = setTimeout(() => dismiss(toast), toast.querySelector("form") ? 12000 : 6000); };
    const hold = () => clearTimeout(timer);
    toast.addEventListener("pointerenter", hold);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("pointerleave", start);
    if (!toast.classList.contains("tone-bad")) start();
  };
  document.body.addEventListener("toast", ({ detail }) => {
    const pattern = document.getElementById(`toast-${detail.level ?? "info"}`) ?? document.getElementById("toast-info");
    const toast = pattern.content.firstElementChild.cloneNode(true);
    toast.querySelector(".toast-text").textContent = detail.text;
    const form = toast.querySelector("form");
    if (detail.undo_url) form.action = detail.undo_url; else form?.remove();
    const toasts = document.getElementById("toasts");
    [...toasts.children].find((old) => old.querySelector(".toast-text").textContent === detail.text)?.remove();
    toasts.append(toast);
    fade(toast);
  });

  /* Whoever stands on something that is replaced stands on it again afterwards, or by keyboard on what came in its place. */
  const stand = (part = document.body) => {
    const at = document.activeElement, quote = JSON.stringify;
    if (!at || at === document.body || !part.contains(at)) return () => {};
    const action = at.closest("form")?.getAttribute("action"), near = action ? `form[action=${quote(action)}] ` : "";
    const ways = ["id", "data-key", "hx-get", "href"].filter((name) => at.getAttribute(name)).map((name) => `[${name}=${quote(at.getAttribute(name))}]`);
    if (at.name) ways.push(`${near}[name=${quote(at.name)}]`);
    if (at.matches(":focus-visible")) {
      if (near) ways.push(`${near}:is(textarea, input:not([type=hidden]), select, button)`);
      if (part.id) ways.push(`[id=${quote(part.id)}]`);
    }
    return () => ways.some((way) => {
      if (document.activeElement && document.activeElement !== document.body) return true;
      const it = document.querySelector(way);
      if (it?.id === part.id && it.tabIndex < 0) it.tabIndex = -1;
      it?.focus({ preventScroll: true });
      return false;
    });
  };
  let standing = null;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => { if (detail.shouldSwap) standing = stand(detail.target); });
  document.addEventListener("htmx:afterSettle", () => { standing?.(); standing = null; });

  /* What somebody has unfolded stays so when news replace it: called before, it gives what unfolds it again after. It is
     known again by its id, its kind or what it says, numbers apart. */
  const folds = () => {
    const named = {};
    for (const it of all("details")) (named[it.id || it.className || it.firstElementChild.textContent.replace(/\d+/g, "")] ??= []).push(it);
    return named;
  };
  window.keepOpen = () => {
    const before = Object.entries(folds()).map(([name, those]) => [name, those.map((it) => it.open)]);
    return () => { const now = folds(); for (const [name, open] of before) open.forEach((was, at) => { if (was && now[name]?.[at]) now[name][at].open = true; }); };
  };

  // dialogs and menus
  const openModal = (dialog) => {
    if (!dialog.open) { dialog.addEventListener("close", stand(), { once: true }); dialog.showModal(); }
    dialog.querySelector("[autofocus], .input")?.focus();
  };
  document.body.addEventListener("close-modal", () => { all("dialog[open]").forEach((dialog) => dialog.close()); lower(); });

  /* What keys open over a full page has to be there at once, and for a modal dialog a browser makes the whole page inert,
     for which it works out every style anew. So the palette and the sheet of keys are popovers over a veil, and what inert
     would do is done here: a press beside them and Escape close, Tab and the focus stay inside. */
  const veil = Object.assign(document.createElement("div"), { className: "veil", popover: "manual" });
  let above = null, below = null;
  const inside = () => [...all("a[href], button, input:not([type=hidden]), select, textarea, [tabindex='0']", above)].filter((it) => !it.disabled && it.checkVisibility());
  const lift = (panel) => {
    if (above === panel) return;
    lower();
    all(".menu:popover-open").forEach((menu) => menu.hidePopover());
    if (!veil.isConnected) document.body.append(veil);
    below = document.activeElement; above = panel;
    veil.showPopover(); panel.showPopover();
    (panel.querySelector("[autofocus], input") ?? inside()[0])?.focus();
  };
  const lower = () => {
    if (!above) return;
    const back = below;
    above.hidePopover(); veil.hidePopover();
    above = below = null;
    back?.focus?.({ preventScroll: true });
  };
  window.layer = { lift, lower, isLifted: (panel) => above === panel };
  veil.addEventListener("click", lower);
  document.addEventListener("focusin", ({ target }) => { if (above && !above.contains(target)) inside()[0]?.focus(); });
  document.addEventListener("keydown", (event) => {
    if (!above || !["Escape", "Tab"].includes(event.key)) return;
    const stops = inside(), at = stops.indexOf(document.activeElement);
    if (event.key === "Escape") lower();
    else if (event.shiftKey ? at > 0 : at >= 0 && at < stops.length - 1) return;
    else stops.at(event.shiftKey ? -1 : 0)?.focus();
    event.preventDefault(); event.stopPropagation();
  }, true);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) { event.preventDefault(); const it = document.getElementById(opener.dataset.open); if (it.popover) lift(it); else openModal(it); }
    if (above && event.target.closest("form[method=dialog] button")) lower();
    if (event.target.closest("[data-dismiss]")) dismiss(event.target.closest("[data-toast]"));
    if (event.target.closest(".menu a, .menu [data-open], .menu [data-move-to]")) event.target.closest(".menu").hidePopover();
    if (event.target.matches("dialog[open]") && !("closedBy" in HTMLDialogElement.prototype)) event.target.close();
  });
  const anchored = CSS.supports("position-area", "block-end");
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (event.newState !== "open" || !menu.matches?.(".menu")) return;
    const button = document.querySelector(`[popovertarget="${menu.id}"]`);
    if (!anchored && button) placeMenu(menu, button);
  }, true);
  window.placeMenu = (menu, button) => {
    const at = button.getBoundingClientRect(), width = menu.offsetWidth, height = menu.offsetHeight;
    const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
    const top = at.bottom + height + 8 > innerHeight ? Math.max(8, at.top - height - 8) : at.bottom;
    Object.assign(menu.style, { positionArea: "none", position: "fixed", left: `${left}px`, top: `${top}px` });
  };
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest(".menu") ?? document.querySelector(".menu:popover-open");
    if (!menu?.matches(":popover-open") || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    if (event.target.matches("input, textarea, select")) return;
    const items = [...all(".menu-item:not([aria-disabled]), [data-notice]", menu)], now = items.indexOf(document.activeElement);
    const next = { ArrowDown: now + 1, ArrowUp: now < 0 ? -1 : now - 1, Home: 0, End: -1 }[event.key];
    items.at(next % items.length)?.focus();
    event.preventDefault();
  });

  // shortcuts
  let going = 0;
  const press = (selector) => { const found = document.querySelector(selector); found?.click(); return Boolean(found); };
  document.addEventListener("keydown", (event) => {
    const search = document.querySelector(".find input");
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k" && search) { event.preventDefault(); search.focus(); search.select(); return; }
    const busy = event.target.closest("input, textarea, select, [contenteditable], dialog, .menu, .lifted");
    if (busy || event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    const key = CSS.escape(event.key.toLowerCase());
    const done = Date.now() - going < 1200 ? press(`[data-go="${key}"]`) : press(`[data-key="${key}"]`);
    going = event.key === "g" ? Date.now() : 0;
    if (event.key === "/" && search) search.focus();
    if (done || event.key === "/") event.preventDefault();
  });

  // forms: sent from the keys while one writes, one submission at a time, and the theme without a page load
  document.addEventListener("keydown", (event) => {
    const form = event.target.matches("textarea") && event.target.form;
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.defaultPrevented || !form) return;
    event.preventDefault();
    form.requestSubmit([...form.elements].find((it) => it.type === "submit" && !it.disabled));
  });
  const release = (form) => { delete form.dataset.sent; all("[data-busy]", form).forEach((b) => delete b.dataset.busy); };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    form.dataset.sent = "1";
    event.submitter?.classList.contains("btn") && (event.submitter.dataset.busy = "");
    if (form.hasAttribute("data-theme-form")) { event.preventDefault(); setTheme(form, event.submitter.value); }
    setTimeout(() => { if (event.defaultPrevented && !form.closest(".htmx-request, [hx-post], [hx-get]")) release(form); });
  }, true);
  const setTheme = (form, theme) => {
    document.documentElement.dataset.theme = theme;
    all("button", form).forEach((b) => b.setAttribute("aria-pressed", String(b.value === theme)));
    fetch(form.action, { method: "POST", headers: { "X-CSRFToken": csrf() }, body: new URLSearchParams({ theme }) });
  };
  addEventListener("pageshow", () => all("form[data-sent]").forEach(release));

  // htmx: token, progress line, what goes wrong
  let requests = 0;
  const count = (by) => { requests = Math.max(0, requests + by); document.documentElement.toggleAttribute("data-requests", requests > 0); };
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    detail.headers["X-CSRFToken"] = csrf();
    if (detail.verb === "get") detail.headers["X-Part"] = "1";  // what is to be told waits for a page that shows it
  });
  document.addEventListener("htmx:beforeRequest", () => count(1));
  document.addEventListener("htmx:afterRequest", (event) => { count(-1); const form = event.target.closest?.("form"); if (form) release(form); });
  document.addEventListener("htmx:sendError", ({ target }) => target.closest?.("[data-offline]") || send("toast", { level: "error", text: tr("The server did not answer. Check the connection and try again.") }));
  document.addEventListener("htmx:responseError", ({ detail }) => {
    if (!detail.xhr.getResponseHeader("HX-Trigger")) send("toast", { level: "error", text: tr("That did not work. Reload the page and try again.") });
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {  // a dialog takes all of it, wherever its link stands
    if (detail.target?.id === "modal-body") Object.assign(detail, { selectOverride: "unset", swapOverride: "innerHTML" });
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => { if (detail.target.id === "modal-body") openModal(document.getElementById("modal")); });

  // whatever is new on the page
  const steps = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];  // as web/filters.py
  const tell = () => all("time[data-relative]").forEach((time) => {
    const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
    const [unit, size] = steps.find(([, s]) => Math.abs(seconds) >= s) ?? ["second", 1];
    words ??= new Intl.RelativeTimeFormat(lang);
    time.textContent = unit === "second" ? tr("just now") : words.format(Math.round(seconds / size), unit);
  });
  const greet = (root) => { all("[data-toast]", root).forEach(fade); (root.matches?.("[data-focus]") ? root : root.querySelector("[data-focus]"))?.focus(); };
  document.addEventListener("htmx:load", ({ detail }) => { if (detail.elt !== document.body) greet(detail.elt); });
  greet(document.body);
  all(".tabs").forEach((tabs) => {  // where they do not fit, the present one is seen all the same
    const here = tabs.querySelector("[aria-current]");
    if (here && tabs.scrollWidth > tabs.clientWidth) tabs.scrollLeft = here.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2;
  });
  /* The server has said it as it was then. */
  setInterval(tell, 60000);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) tell(); });
  if (!navigator.onLine) whenIdle(tell);
})();
