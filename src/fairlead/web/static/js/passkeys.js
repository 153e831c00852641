/* Passkeys. A form with data-passkey="address of the question" asks the browser for a passkey when it is sent, puts the
   answer into its first hidden field named answer or confirm_passkey, and goes on; with data-new it makes one instead.
   data-conditional: also offer passkeys while an address is typed. data-origin: where passkeys work, if not here. */
(() => {
  const fields = 'input[name="answer"], input[name="confirm_passkey"]';
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  let waiting = null;

  const question = async (form) => {
    const answer = await fetch(form.dataset.passkey, { method: "POST", headers: { "X-CSRFToken": token, Accept: "application/json" } });
    if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? tr("The server did not answer. Reload the page and try again."));
    const options = await answer.json();
    options.challenge = toBytes(options.challenge);
    if (options.user) options.user.id = toBytes(options.user.id);
    for (const name of ["allowCredentials", "excludeCredentials"]) {
      options[name] = (options[name] ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));
    }
    return options;
  };

  const written = (made) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = toText(made.response[name]);
    }
    return JSON.stringify({ id: made.id, rawId: toText(made.rawId), type: made.type, response, clientExtensionResults: {} });
  };

  const send = (form, made) => {
    form.querySelector(fields).value = written(made);
    form.submit();
  };

  const trouble = (form, error) => {
    const place = form.querySelector("[data-trouble]"), other = form.dataset.origin;
    const texts = { NotAllowedError: tr("Nothing was chosen in time. Try again."), InvalidStateError: tr("This device has a passkey for this account already.") };
    place.textContent = other && other !== location.origin ? tr("Passkeys work at %(address)s only. Open Fairlead there.", { address: other }) : texts[error.name] ?? error.message;
    place.hidden = false;
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!form.reportValidity()) return;
      waiting?.abort();
      try {
        if (!window.PublicKeyCredential) throw new Error("This browser knows no passkeys.");
        const publicKey = await question(form);
        send(form, await ("new" in form.dataset ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey })));
      } catch (error) {
        trouble(form, error);
      }
    });
  });

  const offer = async (form) => {
    if (!await window.PublicKeyCredential?.isConditionalMediationAvailable?.()) return;
    waiting = new AbortController();
    try {
      send(form, await navigator.credentials.get({ publicKey: await question(form), mediation: "conditional", signal: waiting.signal }));
    } catch { /* nothing was chosen: the page's other ways are still there */ }
  };
  document.querySelectorAll("form[data-conditional]").forEach(offer);
})();
