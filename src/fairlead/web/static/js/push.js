/* Notifications on this device while no page is open. In the settings the row [data-push] says what can be done and its
   button [data-push-on] asks the browser's permission; [data-push-off] removes this device. The workspaces in which
   somebody switched it on are remembered here, and once in each tab the server hears of it again: a browser may have got
   new keys, and signing in makes a new session. */
(() => {
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
  const user = meta("user"), FLAG = `fairlead-push-${meta("workspace")}`;
  const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (it) => it.charCodeAt(0));
  const isSame = (a, b) => a && a.length === b.length && a.every((it, at) => it === b[at]);
  const current = async () => (await navigator.serviceWorker.ready).pushManager.getSubscription();

  const tell = async () => {
    const key = bytes(await (await fetch("/settings/devices/key/")).text());
    let held = await current();
    if (held?.options?.applicationServerKey && !isSame(new Uint8Array(held.options.applicationServerKey), key)) {
      await held.unsubscribe();
      held = null;
    }
    held ??= await (await navigator.serviceWorker.ready).pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint, keys } = held.toJSON();
    const body = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
    const answer = await fetch("/settings/devices/", { method: "POST", body, headers: { "X-CSRFToken": meta("csrf-token"), "HX-Request": "true" } });
    const toast = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}").toast;
    if (!answer.ok) throw new Error(toast?.text ?? "");
    localStorage.setItem(FLAG, user);
  };

  whenIdle(() => {
    if (!can || Notification.permission !== "granted" || localStorage.getItem(FLAG) !== user || sessionStorage.getItem(FLAG)) return;
    sessionStorage.setItem(FLAG, user);
    tell().catch(() => {});
  });

  const row = document.querySelector("[data-push]");
  if (!row) return;
  const words = row.querySelector("[data-push-says]"), button = row.querySelector("[data-push-on]");
  const say = (state, text) => {
    row.hidden = false;
    button.hidden = !["off", "failed"].includes(state);
    words.textContent = text || words.dataset[state];
  };
  const isApple = /iPhone|iPad/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
  const look = async () => {
    if (!window.isSecureContext) say("insecure");
    else if (!can) say(isApple ? "ios" : "none");
    else if (Notification.permission === "denied") say("blocked");
    else if (!document.querySelector("[data-push-here]") || !(await current())) say("off");
  };
  button.addEventListener("click", async () => {
    const asked = Notification.requestPermission();
    say("busy");
    if ((await asked) !== "granted") { look(); return; }
    try { await tell(); location.hash = "devices"; location.reload(); } catch (error) { say("failed", error.name === "Error" ? error.message : ""); }
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-push-off]");
    if (!form) return;
    localStorage.removeItem(FLAG);
    if (!can) return;
    event.preventDefault();
    await (await current())?.unsubscribe().catch(() => {});
    form.submit();
  });
  look();
})();
