/* The builder of request forms: the answers to choose from are asked for only where there is a choice. */
(() => {
  const draw = (select) => {
    const part = select.closest(".ask")?.querySelector("[data-for-choices]");
    if (part) part.hidden = !["choice", "multi"].includes(select.value);
  };
  document.querySelectorAll("[data-kind-of]").forEach((select) => { draw(select); select.addEventListener("change", () => draw(select)); });
})();
