/* Notifications and mentions. In a list marked data-notices the arrow keys (or j and k) walk, r marks as read. In a
   textarea with data-mentions="address" an @ offers names: the address answers ?q= with a list of [data-name]. */
(() => {
  document.addEventListener("keydown", (event) => {
    const rows = [...document.querySelectorAll("[data-notices] [data-notice]")];
    if (!rows.length || event.metaKey || event.ctrlKey || event.altKey || event.target.closest("input, textarea, select, .menu, dialog")) return;
    const at = rows.indexOf(document.activeElement), step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step) { rows[Math.max(0, Math.min(rows.length - 1, at + (at < 0 && step < 0 ? 0 : step)))].focus(); event.preventDefault(); }
    if (event.key === "r" && at >= 0) rows[at].closest(".notice").querySelector("[data-read]")?.click();
  });

  // mentions
  const menu = document.createElement("div");
  Object.assign(menu, { id: "mention-menu", className: "menu" });
  menu.setAttribute("role", "listbox");
  menu.setAttribute("aria-label", tr("People"));
  menu.popover = "manual";
  let box, timer, asked = 0;
  const names = () => [...menu.querySelectorAll("[data-name]")];
  const close = () => { if (menu.isConnected && menu.matches(":popover-open")) menu.hidePopover(); box?.removeAttribute("aria-activedescendant"); };
  const word = () => box.value.slice(0, box.selectionStart).match(/(?:^|[\s(\[,;:*_])@([^\s@][^@\n]{0,40}|)$/)?.[1];
  const choose = (index) => {
    names().forEach((item, n) => { item.setAttribute("aria-selected", String(n === index)); item.toggleAttribute("data-chosen", n === index); if (n === index) box.setAttribute("aria-activedescendant", item.id); });
  };
  const chosen = () => names().findIndex((item) => item.hasAttribute("data-chosen"));
  const put = (name) => {
    const end = box.selectionStart, start = end - word().length;
    box.setRangeText(`${name} `, start, end, "end");
    close();
    box.focus();
  };
  const ask = async () => {
    const text = word(), number = ++asked;
    if (text === undefined) { close(); return; }
    const address = new URL(box.dataset.mentions, location.href);
    address.searchParams.set("q", text);
    const to = box.form?.elements.to?.value;
    if (to) address.searchParams.set("to", to);
    const reply = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!reply.ok || number !== asked) return;
    menu.innerHTML = await reply.text();
    if (!names().length) { close(); return; }
    if (!menu.isConnected) document.body.append(menu);
    if (!menu.matches(":popover-open")) menu.showPopover();
    window.placeMenu(menu, box);
    choose(0);
  };
  document.addEventListener("input", ({ target }) => {
    if (!target.matches?.("textarea[data-mentions]")) return;
    box = target;
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== box || !menu.isConnected || !menu.matches(":popover-open")) return;
    const all = names(), at = chosen();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose((at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length);
    else if (event.key === "Enter" || event.key === "Tab") put(all[at].dataset.name);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  menu.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-name]");
    if (item) { event.preventDefault(); put(item.dataset.name); }
  });
  document.addEventListener("focusout", ({ target }) => { if (target === box) close(); });
})();
