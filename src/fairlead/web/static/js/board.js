/* Moving cards by mouse, finger, keyboard or menu.
   Contract: [data-board] holds columns <ul data-status-id="3" data-status-name="Doing"> of cards <li class="card" tabindex="0"
   data-task="WEB-42" data-version="7" data-move-url="/tasks/WEB-42/move/">. A drop POSTs status, after (key of the card
   above, empty = first) and version to data-move-url. 200 answers the card's new HTML; anything else a problem
   {title, detail}: the card goes back and the detail is shown. Without a script the card's "Move" link leads to a page.
   Keys on a card: arrows walk; space lifts and drops; while lifted arrows move it and escape puts it back; enter opens;
   m opens the move menu. */
(() => {
  const say = (text) => { document.getElementById("board-said").textContent = text; };
  const toast = (text) => document.body.dispatchEvent(new CustomEvent("toast", { detail: { level: "error", text } }));
  const listOf = (card) => card.parentElement;
  const cardsOf = (list) => [...list.querySelectorAll(":scope > .card")];
  const room = (card) => card.closest("[data-lane]") ?? card.closest("[data-board]");
  const lists = (card) => [...room(card).querySelectorAll("[data-status-id]")];
  const title = (card) => `${card.dataset.task} ${card.querySelector(".card-title").textContent.trim()}`;
  const spot = (card) => ({ list: listOf(card), next: card.nextElementSibling });
  const put = (card, { list, next }) => list.insertBefore(card, next?.parentElement === list ? next : null);
  const recount = (list, by) => {
    const text = document.querySelector(`[data-count="${list.dataset.statusId}"]`)?.firstChild;
    if (text) text.data = String(Number.parseInt(text.data, 10) + by);
  };

  async function commit(card, origin) {
    const list = listOf(card), changed = list !== origin.list;
    if (!changed && card.nextElementSibling === origin.next) return;
    const after = card.previousElementSibling?.dataset.task ?? "";
    const body = new URLSearchParams({ status: list.dataset.statusId, after, version: card.dataset.version });
    const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
    if (changed) { recount(origin.list, -1); recount(list, 1); }
    card.setAttribute("aria-busy", "true");
    const answer = await fetch(card.dataset.moveUrl, {
      method: "POST", body, headers: { "X-CSRFToken": token, "X-Board": "1", Accept: "text/html, application/problem+json" },
    }).catch(() => null);
    card.removeAttribute("aria-busy");
    document.dispatchEvent(new Event("wrote"));
    if (answer?.ok && !answer.redirected) { refresh(card, await answer.text()); return; }
    put(card, origin);
    if (changed) { recount(origin.list, 1); recount(list, -1); }
    const problem = await answer?.json().catch(() => null);
    const text = problem?.detail ?? tr("The move could not be saved. Check the connection and try again.");
    toast(text);
    say(`${tr("%(task)s went back to %(column)s.", { task: title(card), column: origin.list.dataset.statusName })} ${text}`);
  }

  function refresh(card, html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".card");
    if (!fresh) return;
    const focused = card === document.activeElement;
    card.replaceWith(fresh);
    window.htmx?.process(fresh);
    if (focused) fresh.focus();
  }

  // mouse and finger
  let grabbed;
  const equip = (root) => root.querySelectorAll("[data-board] [data-status-id]").forEach((list) => {
    if (window.Sortable.get(list)) return;
    window.Sortable.create(list, {
      group: `board-${list.closest("[data-lane]")?.dataset.lane ?? ""}`, draggable: ".card", animation: 140, delay: 160, delayOnTouchOnly: true, scrollSensitivity: 60,
      onStart: ({ item }) => { grabbed = spot(item); },
      onEnd: ({ item }) => commit(item, grabbed),
    });
  });

  // keyboard
  let lifted, home, moving = false;
  function shift(card, place) { moving = true; put(card, place); card.focus(); card.scrollIntoView({ block: "nearest", inline: "nearest" }); moving = false; }
  function lift(card) {
    lifted = card; home = spot(card);
    card.classList.add("lifted");
    say(tr("Lifted %(task)s. Use the arrow keys, then space to drop.", { task: title(card) }));
  }
  function drop(keep) {
    const card = lifted; lifted = null;
    card.classList.remove("lifted");
    if (keep) { say(tr("Dropped in %(column)s, place %(n)s.", { column: listOf(card).dataset.statusName, n: cardsOf(listOf(card)).indexOf(card) + 1 })); commit(card, home); }
    else { shift(card, home); say(tr("Put back in %(column)s.", { column: home.list.dataset.statusName })); }
  }
  function carry(card, key) {
    const list = listOf(card), row = cardsOf(list), index = row.indexOf(card);
    if (key === "ArrowUp" && index > 0) shift(card, { list, next: row[index - 1] });
    if (key === "ArrowDown" && index < row.length - 1) shift(card, { list, next: row[index + 1].nextElementSibling });
    const columns = lists(card), target = columns[columns.indexOf(list) + { ArrowLeft: -1, ArrowRight: 1 }[key]];
    if (target) shift(card, { list: target, next: cardsOf(target)[index] ?? null });
    say(tr("%(column)s, place %(n)s of %(all)s.", { column: listOf(card).dataset.statusName, n: cardsOf(listOf(card)).indexOf(card) + 1, all: cardsOf(listOf(card)).length }));
  }
  function walk(card, key) {
    const row = cardsOf(listOf(card)), index = row.indexOf(card);
    if (key === "ArrowUp" || key === "ArrowDown") { row[index + (key === "ArrowUp" ? -1 : 1)]?.focus(); return; }
    const columns = lists(card), step = key === "ArrowLeft" ? -1 : 1;
    for (let at = columns.indexOf(listOf(card)) + step; columns[at]; at += step) {
      const there = cardsOf(columns[at]);
      if (there.length) { there[Math.min(index, there.length - 1)].focus(); return; }
    }
  }
  document.addEventListener("keydown", (event) => {
    const card = event.target;
    if (!card.matches?.("[data-board] .card") || event.metaKey || event.ctrlKey || event.altKey) return;
    const arrow = event.key.startsWith("Arrow");
    if (lifted) {
      if (arrow) carry(card, event.key);
      else if (event.key === " " || event.key === "Enter") drop(true);
      else if (event.key === "Escape") drop(false);
      else return;
    } else if (arrow) walk(card, event.key);
    else if (event.key === " ") lift(card);
    else if (event.key === "Enter") card.querySelector(".card-title a").click();
    else if (event.key === "m") card.querySelector("[data-move]")?.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusout", (event) => { if (lifted === event.target && !moving) drop(false); });

  // menu
  let chosen;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-move]"), target = event.target.closest("[data-move-to]");
    const menu = document.getElementById("move-menu");
    if (link && menu) {
      event.preventDefault();
      chosen = link.closest(".card");
      menu.querySelector("[data-move-title]").textContent = tr("Move %(task)s to", { task: chosen.dataset.task });
      menu.dataset.task = chosen.dataset.task;
      menu.showPopover();
      window.placeMenu(menu, link);
      menu.querySelector(`[data-move-to]:not([data-move-to="${listOf(chosen).dataset.statusId}"])`)?.focus();
    } else if (target && chosen) {
      const origin = spot(chosen), list = room(chosen).querySelector(`[data-status-id="${target.dataset.moveTo}"]`);
      shift(chosen, { list, next: cardsOf(list)[0] ?? null });
      commit(chosen, origin);
    }
  });

  // a board that htmx has refreshed keeps its scroll positions and the focused card
  let kept;
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (!target.matches("[data-board]")) return;
    const columns = target.matches(".with-lanes") ? [] : [...target.querySelectorAll("[data-status-id]")].map((list) => [list.dataset.statusId, list.scrollTop]);
    kept = { left: target.scrollLeft, top: target.scrollTop, columns, task: document.activeElement?.closest?.(".card")?.dataset.task };
  });
  // and as many cards of a column as were loaded
  document.addEventListener("htmx:configRequest", ({ target, detail }) => {
    if (!target.matches("[data-board]")) return;
    const lists = target.matches(".with-lanes") ? [] : [...target.querySelectorAll("[data-status-id]")];
    detail.headers["X-Cards"] = lists.map((list) => `${list.dataset.statusId}:${cardsOf(list).length}`).join(" ");
  });
  document.addEventListener("htmx:load", () => {
    equip(document);
    const board = document.querySelector("[data-board]");
    if (!kept || !board) return;
    board.scrollLeft = kept.left;
    board.scrollTop = kept.top;
    for (const [id, top] of kept.columns) { const list = board.querySelector(`[data-status-id="${id}"]`); if (list) list.scrollTop = top; }
    if (kept.task) document.getElementById(`card-${kept.task}`)?.focus({ preventScroll: true });
    kept = null;
  });
  equip(document);
})();
