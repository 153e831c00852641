/* Keeps pages fresh. /live streams one message per change: data = {"kind": "task.moved", …}. Every element with
   data-live="task project" whose words contain the part before the dot gets the htmx trigger `live` (so it carries
   hx-get and hx-trigger="live"): the server checks again what the reader may see. Changes that come close together cause
   one refresh; while somebody presses, drags, lifts, types or has a menu or the editor of a cell open in the element it waits,
   and an answer that comes in the middle of that is thrown away and asked for again; so is one that was asked for before
   something was changed here (by a form, or as the event `wrote` on the document says): it may not know of that yet. An element may name several parts
   of the page in hx-select-oob: those that somebody uses, has filled in without sending, or has marked text in stay as
   they are, and it asks again when they are free. What is unfolded stays unfolded. The event `news` follows on the body. An element with
   data-place="task/WEB-1" lets others who have that open see that this page has it open, too. */
(() => {
  if (!document.querySelector("[data-live]") || !window.EventSource) return;
  const parts = () => [...document.querySelectorAll("[data-live]")];
  let pressed, letGo;
  addEventListener("pointerdown", ({ target }) => { clearTimeout(letGo); pressed = target; }, true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { letGo = setTimeout(() => { pressed = null; }, 80); }, true);  // a finger's click comes a little later
  const HELD = ".lifted, .sortable-ghost, [aria-busy='true'], dialog:is([open], :popover-open), .menu:popover-open, [data-cell-form], .htmx-request";
  /* Whoever stands on a box or in an empty line stands there again afterwards; a finger's keyboard would jump. */
  const fine = matchMedia("(pointer: fine)");
  const busy = (it) => it.matches("input, textarea, select") && !it.matches("[type=checkbox], [type=radio]")
    && !(fine.matches && it.matches("input[type=text], input[type=search], input:not([type])") && !it.value);
  const inUse = (part) => part.contains(pressed ?? null) || part.querySelector(HELD)
    || (part.contains(document.activeElement) && busy(document.activeElement));
  const changed = (it) => it.type === "checkbox" || it.type === "radio" ? it.checked !== it.defaultChecked
    : it.matches("select") ? [...it.options].some((one, at) => one.selected !== (one.defaultSelected || (it.selectedIndex === 0 && at === 0)))
    : it.type === "file" ? it.files.length > 0 : it.type !== "hidden" && it.matches("input, textarea") && it.value !== it.defaultValue;
  /* A form may reach into several parts: none of them is renewed alone. */
  const begun = (part) => {
    const near = part.matches("form") ? [part] : [part, ...part.querySelectorAll("input, textarea, select")];
    const fields = new Set(near.flatMap((it) => it.matches("form") ? [...it.elements] : it.form ? [...it.form.elements] : []));
    const marked = getSelection();
    return inUse(part) || part.matches(".htmx-request") || [...fields].some((it) => it === document.activeElement && busy(it) || changed(it))
      || (!marked.isCollapsed && part.contains(marked.anchorNode));
  };
  const owed = (part) => (part.dataset.owed ?? "").split(" ").filter(Boolean).map((id) => document.getElementById(id)).filter(Boolean);
  let timer, telling = null, unfold = null;
  const flush = () => {
    const stale = parts().filter((part) => "stale" in part.dataset);
    const ready = stale.filter((part) => !document.hidden && !inUse(part));
    const owing = parts().filter((part) => part.dataset.owed && !ready.includes(part));
    for (const part of owing) if (!document.hidden && !owed(part).some(begun)) ready.push(part);
    for (const part of ready) { delete part.dataset.stale; delete part.dataset.owed; window.htmx.trigger(part, "live"); }
    timer = ready.length < new Set([...stale, ...owing]).size ? setTimeout(flush, 1500) : 0;
  };
  let wrote = 0;
  const isLive = (detail) => detail.requestConfig?.triggeringEvent?.type === "live";
  document.addEventListener("wrote", () => { wrote = performance.now(); });
  document.addEventListener("htmx:beforeSend", ({ detail }) => { detail.xhr.begun = performance.now(); });
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => { if (detail.requestConfig.verb !== "get") wrote = performance.now(); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    telling = null;
    if (!isLive(event.detail)) return;
    telling = target;
    if (!inUse(target) && xhr.begun > wrote) { unfold = event.detail.shouldSwap ? window.keepOpen() : null; return; }
    event.detail.shouldSwap = false;
    event.stopPropagation();
    target.dataset.stale = "";
    timer ||= setTimeout(flush, 300);
  }, true);
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    if (!telling || !begun(detail.target)) return;
    detail.shouldSwap = false;
    telling.dataset.owed = `${telling.dataset.owed ?? ""} ${detail.target.id}`.trim();
    timer ||= setTimeout(flush, 1500);
  });
  document.addEventListener("htmx:afterSettle", () => { unfold?.(); unfold = null; });
  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (!isLive(detail) || !target.hasAttribute("hx-select-oob")) return;
    telling = null;
    document.body.dispatchEvent(new CustomEvent("news"));
  });
  const listen = () => {
    const asked = { made: document.querySelector('meta[name="made"]')?.content, at: document.querySelector("[data-place]")?.dataset.place };
    const stream = new EventSource(`/live?${new URLSearchParams(Object.entries(asked).filter(([, value]) => value))}`);
    stream.onmessage = ({ data }) => {
      const topic = JSON.parse(data).kind.split(".")[0];
      for (const part of parts()) if (part.dataset.live.split(" ").includes(topic)) part.dataset.stale = "";
      timer ||= setTimeout(flush, 300);
    };
    return stream;
  };
  let stream;
  const begin = () => { stream ??= listen(); };
  document.readyState === "complete" ? begin() : addEventListener("load", begin);
  /* A browser allows few connections to one server: a hidden tab gives its own back and catches up when it is seen. */
  document.addEventListener("visibilitychange", () => {
    stream?.close();
    if (document.hidden) return;
    for (const part of parts()) part.dataset.stale = "";
    stream = listen();
    flush();
  });
  addEventListener("pagehide", () => stream?.close());
})();
