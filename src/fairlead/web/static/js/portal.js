/* Forms of clients: questions that depend on an answer appear with it, and what is typed is kept as a draft. */
(() => {
  const form = document.querySelector("form[data-questions], form[data-draft]");
  if (!form) return;
  const answers = (name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
    .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked).map((field) => field.value.trim());
  const draw = () => {
    const hidden = new Set();
    form.querySelectorAll(".question").forEach((question) => {
      const { when, equals } = question.dataset;
      const shown = !when || (!hidden.has(when) && answers(when).includes(equals));
      question.hidden = !shown;
      if (!shown) question.querySelectorAll("[name]").forEach((field) => hidden.add(field.name));
    });
  };
  form.classList.add("branches");
  form.addEventListener("input", draw);
  form.addEventListener("change", draw);
  draw();

  const target = form.dataset.draft;
  if (!target) return;
  const note = form.querySelector("[data-draft-note]");
  let timer = 0, sent = false;
  const keep = async () => {
    if (sent) return;
    const answer = await fetch(target, { method: "POST", headers: { "X-Draft": "1" }, body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    if (note && !sent) note.textContent = answer?.ok ? tr("Draft kept.") : tr("The draft could not be kept; what you typed is still here.");
  };
  form.addEventListener("submit", () => { sent = true; clearTimeout(timer); });
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 1200); });
})();
