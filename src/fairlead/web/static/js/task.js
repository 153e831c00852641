/* The page of one task. What somebody writes as a comment is kept in this tab until it is sent, also over other pages and
   reloads. When others give the task to somebody else, the candidates (#candidates) are asked for again; #steps says in
   data-holder who has it. What a form saved is what its fields that stand elsewhere begin with from then on. */
(() => {
  const field = () => document.getElementById("new-comment");
  const form = () => field()?.form, name = () => `comment ${document.querySelector('meta[name="user"]')?.content} ${form()?.getAttribute("action")}`;
  if (form()) {
    const kept = sessionStorage.getItem(name());
    if (kept && !field().value) {
      const { body, to } = JSON.parse(kept);
      field().value = body;
      if (to && form().elements.to) form().elements.to.value = to;
    }
    document.addEventListener("input", ({ target }) => {
      if (target.form !== form() || !form()) return;
      const body = field().value, to = form().elements.to?.value;
      body.trim() ? sessionStorage.setItem(name(), JSON.stringify({ body, to })) : sessionStorage.removeItem(name());
    });
    document.addEventListener("submit", ({ target }) => { if (target === form()) sessionStorage.removeItem(name()); });
  }

  const holder = () => document.getElementById("steps")?.dataset.holder;
  let held = holder();
  document.body.addEventListener("news", () => {
    const candidates = document.getElementById("candidates");
    if (holder() !== held && candidates) htmx.trigger(candidates, "holder");
    held = holder();
  });

  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (!target.matches?.("form[id]") || detail.requestConfig.verb !== "post" || detail.xhr.status >= 300) return;
    for (const it of document.querySelectorAll(`[form="${CSS.escape(target.id)}"]`)) {
      const sent = detail.requestConfig.formData?.get(it.name);
      if (typeof sent === "string" && "defaultValue" in it) it.defaultValue = sent;
    }
  });
})();
