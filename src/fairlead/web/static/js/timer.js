/* The timer: clocks that run, and starting it from a card's menu. [data-timer-since] shows the time since then;
   [data-timer-card] in the move menu starts the timer on the card that the menu was opened for. When the server says
   `timer-changed`, every other part of the page that shows the timer (data-live with the word timer) asks again.
   A form with [data-submits-form], or a field with [data-submits], is sent when a field of it changes. */
(() => {
  const clock = (seconds) => {
    const s = Math.max(0, Math.floor(seconds)), two = (n) => String(n).padStart(2, "0");
    return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  };
  const tick = () => document.querySelectorAll("[data-timer-since]").forEach((it) => { it.textContent = clock((Date.now() - new Date(it.dataset.timerSince)) / 1000); });
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:load", tick);
  document.body.addEventListener("timer-changed", () => {
    document.querySelectorAll('[data-live~="timer"]').forEach((part) => { if (part.id !== "timer") window.htmx.trigger(part, "live"); });
  });
  document.addEventListener("click", (event) => {
    const item = event.target.closest("[data-timer-card]");
    if (!item) return;
    const menu = item.closest(".menu");
    menu.hidePopover();
    window.htmx.ajax("POST", "/timer/start/", { target: "#timer", swap: "outerHTML", values: { task: menu.dataset.task, next: location.pathname } });
  });
  document.addEventListener("change", ({ target }) => { if (target.closest("[data-submits-form]") || target.matches("[data-submits]")) target.form.requestSubmit(); });
})();
