/* Keeps pages fresh. /live streams one message per change: data = {"kind": "task.moved", …}. Every element with
   data-live="task project" whose words contain the part before the dot gets the htmx trigger `live` (so it carries
   hx-get and hx-trigger="live"): the server checks again what the reader may see. Changes that come close together cause
   one refresh; while somebody presses, drags, lifts, types or has a menu or the editor of a cell open in the element it waits,
   and an answer that comes in the middle of that is thrown away and asked for again. An element with
   data-place="task/WEB-1" lets others who have that open see that this page has it open, too. */
(() => {
  if (!document.querySelector("[data-live]") || !window.EventSource) return;
  const parts = () => [...document.querySelectorAll("[data-live]")];
  let pressed, letGo;
  addEventListener("pointerdown", ({ target }) => { clearTimeout(letGo); pressed = target; }, true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { letGo = setTimeout(() => { pressed = null; }, 80); }, true);  // a finger's click comes a little later
  const HELD = ".lifted, .sortable-ghost, [aria-busy='true'], dialog[open], .menu:popover-open, [data-cell-form], .htmx-request";
  const inUse = (part) => part.contains(pressed ?? null) || part.querySelector(HELD)
    || (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));
  let timer;
  const flush = () => {
    const stale = parts().filter((part) => "stale" in part.dataset);
    const ready = stale.filter((part) => !document.hidden && !inUse(part));
    for (const part of ready) { delete part.dataset.stale; window.htmx.trigger(part, "live"); }
    timer = ready.length < stale.length ? setTimeout(flush, 1500) : 0;
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = event.detail;
    if (requestConfig.triggeringEvent?.type !== "live") return;
    if (!inUse(target)) return;
    event.detail.shouldSwap = false;
    event.stopPropagation();
    target.dataset.stale = "";
    timer ||= setTimeout(flush, 300);
  }, true);
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
