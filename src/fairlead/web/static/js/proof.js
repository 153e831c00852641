/* Setting pins on an image. Contract: [data-stage] holds the image and an SVG with #ghost, the pin that is being set;
   [data-pin-form] has the fields x and y (hundredths) and a textarea. A click on the image sets the new pin there; on the
   pin the arrow keys move it by one hundredth (with shift by five), Enter goes on to the text. Elsewhere the left and right arrow keys follow [data-page-back] and [data-page-on]. The parts may be replaced at
   any time, so that everything is looked up when it is needed. */
(() => {
  const form = () => document.querySelector("[data-pin-form]"), ghost = () => document.getElementById("ghost");
  const place = (x, y) => {
    const fields = form().elements, clean = (value) => Math.min(100, Math.max(0, value)).toFixed(1);
    fields.x.value = clean(x);
    fields.y.value = clean(y);
    draw();
  };
  const draw = () => {
    if (!form() || !ghost()) return;
    ghost().setAttribute("x", `${form().elements.x.value}%`);
    ghost().setAttribute("y", `${form().elements.y.value}%`);
  };
  const point = (event) => {
    const box = event.target.closest("[data-stage]").querySelector("img").getBoundingClientRect();
    place(100 * (event.clientX - box.left) / box.width, 100 * (event.clientY - box.top) / box.height);
  };
  let dragging = false;
  document.addEventListener("pointerdown", (event) => {
    if (!form() || event.button || !event.target.closest("[data-stage]")) return;
    if (event.target.closest(".pin:not(.ghost)")) return;
    event.preventDefault();
    dragging = true;
    point(event);
  });
  document.addEventListener("pointermove", (event) => { if (dragging && event.target.closest?.("[data-stage]")) point(event); });
  document.addEventListener("pointerup", () => {
    if (dragging) form()?.querySelector("textarea").focus({ preventScroll: true });
    dragging = false;
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.closest?.("#ghost") || !form()) return;
    const by = event.shiftKey ? 5 : 1, move = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[event.key];
    if (event.key === "Enter" || event.key === " ") form().querySelector("textarea").focus();
    else if (move) place(Number(form().elements.x.value) + move[0], Number(form().elements.y.value) + move[1]);
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const turn = { ArrowLeft: "[data-page-back]", ArrowRight: "[data-page-on]" }[event.key];
    if (!turn || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], #ghost, [role=menu], dialog")) return;
    const link = document.querySelector(turn);
    if (link) { event.preventDefault(); link.click(); }
  });
  document.addEventListener("input", ({ target }) => { if (target.closest("[data-pin-form]") && target.type === "range") draw(); });
  const light = (event, on) => {
    const thread = event.target.closest?.(".pin-thread");
    if (thread) document.querySelector(`[data-pin="${thread.id.slice(4)}"]`)?.classList.toggle("lit", on);
  };
  document.addEventListener("pointerover", (event) => light(event, true));
  document.addEventListener("pointerout", (event) => light(event, false));
})();
