/* Sending files. Contract: [data-files="…/files/"] holds [data-upload] (a form that works without a script), [data-uploads]
   (where what is being sent is listed) and template[data-upload-row]. Files come by choosing, dropping anywhere on the part,
   or pasting; each is sent by itself with progress, can be cancelled and tried again. When one has arrived the event
   `files-changed` renews the list. A form with [data-takes-files] (a comment) takes what is pasted or dropped into it. */
(() => {
  const AT_ONCE = 2;
  const part = document.querySelector("[data-files]"), form = part?.querySelector("[data-upload]");
  const csrf = () => document.querySelector('meta[name="csrf-token"]').content;
  const named = (file) => file.name && file.name !== "image.png" ? file
    : new File([file], `screenshot ${new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".")}.png`, { type: file.type });
  const given = (transfer) => [...(transfer?.files ?? [])];

  const waiting = [];
  let running = 0;
  const next = () => { while (running < AT_ONCE && waiting.length) { running += 1; waiting.shift()(); } };
  const done = () => { running -= 1; next(); };

  const send = (file) => {
    const row = part.querySelector("template[data-upload-row]").content.firstElementChild.cloneNode(true);
    const bar = row.querySelector("progress"), said = row.querySelector("[data-said]"), retry = row.querySelector("[data-retry]");
    const to = form.elements.to?.value ?? "team";
    let request = null;
    row.querySelector("[data-name]").textContent = file.name;
    part.querySelector("[data-uploads]").append(row);
    const fail = (text) => { row.classList.add("failed"); said.textContent = text; retry.hidden = false; };
    const start = () => {
      request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("X-CSRFToken", csrf());
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = ({ loaded, total }) => { bar.value = total ? Math.round(100 * loaded / total) : 0; said.textContent = `${bar.value} %`; };
      request.onload = () => {
        if (request.status < 300) { row.remove(); document.body.dispatchEvent(new CustomEvent("files-changed")); }
        else { let told; try { told = JSON.parse(request.responseText).detail; } catch { told = null; } fail(told ?? tr("The server refused it. Try again.")); }
      };
      request.onerror = () => fail(tr("The connection broke off. Try again."));
      request.onabort = () => row.remove();
      request.onloadend = done;
      const body = new FormData();
      body.append("csrfmiddlewaretoken", csrf());
      body.append("to", to);
      body.append("files", file);
      request.send(body);
    };
    const queue = () => {
      row.classList.remove("failed");
      retry.hidden = true;
      bar.value = 0;
      said.textContent = tr("waits");
      waiting.push(start);
      next();
    };
    retry.addEventListener("click", queue);
    row.querySelector("[data-cancel]").addEventListener("click", () => {
      const place = waiting.indexOf(start);
      if (place >= 0) waiting.splice(place, 1);
      if (place < 0 && request && request.readyState < 4) request.abort(); else row.remove();
    });
    const most = Number(part.dataset.mostMb);
    if (file.size > most * 2 ** 20) { fail(tr("It has more than %(n)s MB. Make it smaller, or share a link to it.", { n: most })); retry.hidden = true; }
    else if (!file.size) { fail(tr("It is empty, or a folder. Put a folder into an archive.")); retry.hidden = true; }
    else queue();
  };
  const sendAll = (files) => files.map(named).forEach(send);

  /* A comment's form keeps what is given to it until the comment is sent. */
  const into = (target) => target.closest?.("[data-takes-files]");
  const list = (taker) => {
    const files = [...taker.querySelector("input[type=file]").files], shown = taker.querySelector("[data-given]");
    if (shown) shown.textContent = files.map((file) => file.name).join(", ");
  };
  const take = (taker, files) => {
    const input = taker.querySelector("input[type=file]"), all = new DataTransfer();
    for (const file of [...input.files, ...files.map(named)]) all.items.add(file);
    input.files = all.files;
    list(taker);
  };
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-upload] input[type=file]")) { sendAll([...target.files]); target.value = ""; }
    if (target.matches("[data-takes-files] input[type=file]")) list(into(target));
  });
  document.addEventListener("paste", (event) => {
    const files = given(event.clipboardData), taker = into(event.target);
    if (!files.length || (!taker && (!form || event.target.closest("input, textarea, dialog")))) return;
    event.preventDefault();
    if (taker) take(taker, files); else sendAll(files);
  });

  const carries = (event) => event.dataTransfer?.types.includes("Files");
  const light = (event, on) => { (into(event.target) ?? part)?.classList.toggle("dropping", on); };
  document.addEventListener("dragover", (event) => {
    if (!carries(event) || !(form || into(event.target))) return;
    event.preventDefault();
    light(event, true);
  });
  document.addEventListener("dragleave", (event) => { if (carries(event)) light(event, false); });
  document.addEventListener("drop", (event) => {
    if (!carries(event) || !(form || into(event.target))) return;
    event.preventDefault();
    light(event, false);
    const taker = into(event.target), files = given(event.dataTransfer);
    if (taker) take(taker, files); else sendAll(files);
  });

  if (form) {
    part.classList.add("scripted");
    part.querySelector("[data-drop-text]").textContent = tr("Drop, paste or choose files");
  }
})();
