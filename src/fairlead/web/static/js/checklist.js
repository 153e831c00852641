/* Putting the items of a checklist into another order by mouse or finger. Contract: <ul data-checklist> holds items
   [data-place-url]; a drop POSTs position (0 = first) there and the list is loaded anew. Keyboard: the arrow buttons. */
(() => {
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const start = (list) => {
    if (list.dataset.ready || !window.Sortable) return;
    list.dataset.ready = "1";
    window.Sortable.create(list, {
      animation: 120, filter: "form, button, .menu", preventOnFilter: false,
      onEnd: async ({ item, newIndex, oldIndex }) => {
        if (newIndex === oldIndex) return;
        const body = new URLSearchParams({ position: newIndex });
        const answer = await fetch(item.dataset.placeUrl, { method: "POST", body, headers: { "X-CSRFToken": token() } }).catch(() => null);
        if (!answer?.ok) document.body.dispatchEvent(new CustomEvent("toast", { detail: { level: "error", text: tr("The order could not be saved. Reload the page.") } }));
      },
    });
  };
  const all = () => document.querySelectorAll("[data-checklist]").forEach(start);
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:afterSettle", all);
})();
