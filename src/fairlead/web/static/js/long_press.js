/* A finger that rests on something lifts it; one that moves at once scrolls the page as ever. Contract: to be called from
   pointerdown, longPress(event, lift): lift() runs after 0.4 s at rest. From then on moving does not scroll, until the
   finger leaves, and no menu of the browser opens. */
(() => {
  const WAIT_MS = 400, SLACK_PX = 10;
  let timer = 0, start = null, lifted = false;
  const forget = () => { clearTimeout(timer); start = null; lifted = false; };
  window.longPress = (event, lift) => {
    forget();
    if (!event.isPrimary) return;
    start = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => { lifted = true; navigator.vibrate?.(12); lift(start); }, WAIT_MS);
  };
  addEventListener("pointermove", (event) => {
    if (start && !lifted && Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLACK_PX) forget();
  }, true);
  addEventListener("pointerup", () => setTimeout(forget), true);
  addEventListener("pointercancel", () => setTimeout(forget), true);
  document.addEventListener("touchmove", (event) => { if (lifted && event.cancelable) event.preventDefault(); }, { passive: false });
  document.addEventListener("contextmenu", (event) => { if (start) event.preventDefault(); }, true);
})();
