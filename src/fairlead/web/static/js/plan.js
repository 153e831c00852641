/* The page of a plan: one tick for a whole group or person, and what the sliders say. Without it each line is ticked by
   itself, and the buttons beside groups and people apply them alone.
   data-ticks="moved"    ticks every box whose data-in has the word   data-needs-script   is shown when scripts run */
(() => {
  const boxes = [...document.querySelectorAll("input[data-in]")];
  const groups = [...document.querySelectorAll("input[data-ticks]")];
  const of = (group) => boxes.filter((box) => box.dataset.in.split(" ").includes(group.dataset.ticks));
  const show = () => groups.forEach((group) => {
    const mine = of(group), on = mine.filter((box) => box.checked).length;
    group.checked = on > 0 && on === mine.length;
    group.indeterminate = on > 0 && on < mine.length;
    group.disabled = !mine.length;
  });
  document.querySelectorAll("[data-needs-script], input[data-ticks][hidden]").forEach((it) => it.removeAttribute("hidden"));
  document.addEventListener("change", ({ target }) => {
    if (groups.includes(target)) of(target).forEach((box) => { box.checked = target.checked; });
    if (groups.includes(target) || boxes.includes(target)) show();
  });
  document.addEventListener("input", ({ target }) => {
    const told = target.type === "range" && document.querySelector(`output[for="${CSS.escape(target.id)}"]`);
    if (told) told.value = `${target.value} %`;
  });
  show();
})();
