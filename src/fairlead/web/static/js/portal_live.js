/* Keeps the portal fresh: when work changes, the parts marked data-fresh (each has an id) are taken from a new copy of the
   page. A part in which the client stands in a field, or has filled in something, stays as it is. */
(() => {
  const parts = () => [...document.querySelectorAll("[data-fresh]")];
  if (!parts().length || !window.EventSource) return;
  const changed = (it) => (it.type === "checkbox" || it.type === "radio" ? it.checked !== it.defaultChecked : it.value !== it.defaultValue);
  const begun = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select, summary")
    || [...part.querySelectorAll("input:not([type=hidden]), textarea")].some(changed);
  let stream, timer;
  const renew = async () => {
    timer = 0;
    const answer = await fetch(location.href, { headers: { "X-Part": "1" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const copy = new DOMParser().parseFromString(await answer.text(), "text/html");
    const unfold = window.keepOpen();
    for (const part of parts()) {
      const fresh = copy.getElementById(part.id);
      if (fresh && !begun(part)) part.replaceWith(document.adoptNode(fresh));
    }
    unfold();
  };
  const listen = () => {
    const made = document.querySelector('meta[name="made"]').content;
    stream = new EventSource(`/live?${new URLSearchParams({ made })}`);
    stream.onmessage = ({ data }) => { if (/^(task|comment)\b/.test(JSON.parse(data).kind)) timer ||= setTimeout(renew, 500); };
  };
  document.addEventListener("visibilitychange", () => {
    stream?.close();
    if (!document.hidden) { listen(); renew(); }
  });
  addEventListener("pagehide", () => stream?.close());
  listen();
})();
