/* Work without a network. A form with data-offline="Start WEB-3" whose request does not reach the server is kept on this
   device and sent later, in order, each once; what the server refuses then stays in the list with its reason. The button
   [data-keep-here] keeps My work and its tasks readable on this device (sw.js does that); signing out removes both.
   data-seen is the version of the task that the person saw; the server refuses when it is another by then, and
   "Do it anyway" leaves it out. */
(() => {
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
  const bar = document.getElementById("offline"), user = meta("user"), QUEUE = "fairlead-queue", KEPT = "fairlead-kept";
  if (!bar || !user) return;
  const text = bar.querySelector("[data-line-text]"), list = bar.querySelector("[data-offline-list]"), button = bar.querySelector("[data-offline-send]");
  const all = () => { try { return JSON.parse(localStorage.getItem(QUEUE)) ?? []; } catch { return []; } };
  const mine = () => all().filter((entry) => entry.user === user);
  const store = (entries) => { entries.length ? localStorage.setItem(QUEUE, JSON.stringify(entries)) : localStorage.removeItem(QUEUE); show(); };
  const drop = (id) => store(all().filter((entry) => entry.id !== id));
  const mend = (id, change) => store(all().map((entry) => entry.id === id ? { ...entry, ...change } : entry));
  let asOf = "", away = !navigator.onLine, signedOut = false;

  const show = () => {
    const waiting = mine(), words = bar.dataset;
    const count = waiting.length === 1 ? words.one : `${waiting.length} ${words.many}`;
    bar.hidden = !away && !waiting.length;
    text.textContent = [away ? words.offline : "", away && asOf ? `${words.asOf} ${asOf}` : "", waiting.length ? count : "",
      signedOut ? words.signedOut : ""].filter(Boolean).join(" · ");
    button.hidden = !waiting.some((entry) => !entry.why);
    list.replaceChildren(...waiting.map(line));
    const addresses = new Set(waiting.map((entry) => entry.address));
    for (const form of document.querySelectorAll("form[data-offline]")) form.toggleAttribute("data-waits", addresses.has(form.getAttribute("action")));
  };
  const line = (entry) => {
    const item = document.getElementById("offline-line").content.firstElementChild.cloneNode(true);
    item.querySelector("[data-line-label]").textContent = entry.label;
    const when = item.querySelector("time");
    when.dateTime = entry.at;
    when.textContent = new Date(entry.at).toLocaleTimeString(undefined, { timeStyle: "short" });
    item.querySelector("[data-line-why]").textContent = entry.why ? ` ${entry.why}` : "";
    const again = item.querySelector("[data-line-again]");
    again.hidden = !entry.why || !entry.fields.some(([name]) => name === "seen");
    again.onclick = () => { mend(entry.id, { why: "", fields: entry.fields.filter(([name]) => name !== "seen") }); send(); };
    item.querySelector("[data-line-drop]").onclick = () => drop(entry.id);
    return item;
  };

  /* kept when the request did not get through */
  document.addEventListener("htmx:sendError", (event) => {
    const form = event.target.closest?.("form[data-offline]");
    if (!form) return;
    const fields = [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
    if (form.dataset.seen) fields.push(["seen", form.dataset.seen]);
    const entry = { id: crypto.randomUUID(), user, label: form.dataset.offline, address: form.getAttribute("action"), fields, at: new Date().toISOString(), why: "" };
    away = true;
    store([...all(), entry]);
    form.reset();
  });

  /* sent when the server answers again: first a fresh page of it, which knows the token and whether one is signed in */
  const reason = (response, page) => {
    const toast = JSON.parse(response.headers.get("HX-Trigger") ?? "{}").toast;
    const refused = page.querySelector(".toast.tone-bad .toast-text, .bare-card p, .error-text")?.textContent.trim();
    return response.ok ? page.querySelector(".toast.tone-bad .toast-text")?.textContent.trim() ?? "" : toast?.text ?? refused ?? `${response.status}`;
  };
  const read = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");
  const post = async (entry, token) => {
    const body = new URLSearchParams([...entry.fields, ["kept_at", entry.at]]);
    const response = await fetch(entry.address, { method: "POST", body, headers: { "X-CSRFToken": token, "HX-Request": "true" } });
    const why = reason(response, await read(response));
    why ? mend(entry.id, { why }) : drop(entry.id);
    return !why;
  };
  const sendAll = async () => {
    const waiting = mine().filter((entry) => !entry.why);
    const first = await fetch("/my-work/", { headers: { "X-Part": "1" } });
    const page = await read(first), token = page.querySelector('meta[name="csrf-token"]')?.content;
    signedOut = page.querySelector('meta[name="user"]')?.content !== user;
    back();
    if (signedOut || !waiting.length) return;
    let done = 0;
    const ours = new Set();  // tasks that an earlier change of this list has moved on
    for (const entry of waiting) {
      const task = entry.address.match(/[A-Z][A-Z0-9]+-\d+/)?.[0];
      const fields = ours.has(task) ? entry.fields.filter(([name]) => name !== "seen") : entry.fields;
      if (!await post({ ...entry, fields }, token)) continue;
      done += 1;
      ours.add(task);
    }
    for (const part of document.querySelectorAll("[data-live]")) window.htmx.trigger(part, "live");
    if (done) document.body.dispatchEvent(new CustomEvent("toast", { detail: { level: "success", text: bar.dataset.sent.replace("{n}", done) } }));
  };
  const send = () => navigator.locks.request(QUEUE, { ifAvailable: true }, (lock) => lock && sendAll().catch(() => { away = true; show(); }));
  const back = () => { away = false; show(); };
  button.onclick = send;
  addEventListener("online", send);
  addEventListener("offline", () => { away = true; show(); });
  addEventListener("storage", ({ key }) => { if (key === QUEUE) show(); });
  document.addEventListener("htmx:afterOnLoad", () => { if (away && navigator.onLine) send(); });
  setInterval(() => { if (away || mine().some((entry) => !entry.why)) send(); }, 20000);

  /* keeping pages on this device */
  const keeping = async () => {
    const on = await caches.has(KEPT);
    for (const toggle of document.querySelectorAll("[data-keep-here]")) {
      toggle.hidden = false;
      toggle.setAttribute("aria-pressed", String(on));
      toggle.querySelector("span").textContent = on ? toggle.dataset.on : toggle.dataset.off;
    }
    if (!on || away || location.pathname !== "/my-work/") return;
    const tasks = [...document.querySelectorAll("[data-row-link]")].map((link) => link.getAttribute("href"));
    (await navigator.serviceWorker.ready).active.postMessage({ keep: ["/my-work/", ...tasks] });
  };
  const told = (count) => {
    for (const toggle of document.querySelectorAll("[data-keep-here]")) toggle.querySelector("span").textContent = toggle.dataset.done.replace("{n}", count);
  };
  if ("serviceWorker" in navigator && window.caches) {
    const begin = () => navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready).then(keeping).catch(() => {});
    if (navigator.serviceWorker.controller) begin();
    else addEventListener("load", () => setTimeout(() => whenIdle(begin), 1000));  // fetches much: not while the first page comes
    navigator.serviceWorker.addEventListener("message", ({ data }) => {
      if (data.count) { told(data.count); return; }
      away = true;
      asOf = new Date(data.kept).toLocaleString(undefined, { dateStyle: "short", timeStyle: "short" });
      show();
    });
    navigator.serviceWorker.startMessages();
    document.addEventListener("click", async (event) => {
      if (!event.target.closest("[data-keep-here]")) return;
      if (await caches.has(KEPT)) await caches.delete(KEPT); else await caches.open(KEPT);
      keeping();
    });
  }
  document.addEventListener("submit", ({ target }) => {
    if (target.getAttribute("action") === "/sign-out/") { localStorage.removeItem(QUEUE); sessionStorage.clear(); }
  }, true);
  if (away) show();
  whenIdle(() => {
    show();
    if (!away && mine().some((entry) => !entry.why)) send();
  });
})();
