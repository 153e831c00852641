/* One function: what is wrong with the page as it stands, each as one line. `without`: selectors that axe leaves alone;
   `scaled`: what is drawn to scale, whose size and room for words follow from what it shows. "excused …" is no fault: it
   tells which of these selectors was needed. */
async ([without, scaled]) => {
  /* Chromium keeps some colours of the other theme, and those of cards below the edge, until it draws everything anew. */
  for (const card of document.querySelectorAll(".card")) card.style.contentVisibility = "visible";
  document.body.style.display = "none";
  document.body.getBoundingClientRect();
  document.body.style.display = "";
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const excused = new Set();
  const toScale = (it) => {
    const why = scaled.find((selector) => it?.closest(selector));
    if (why) excused.add(`excused ${why}`);
    return Boolean(why);
  };

  /* WCAG 2.2, A and AA, as far as a machine can tell; with the size of what is pressed. */
  async function rules() {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const found = await axe.run({ exclude: without.map((selector) => [selector]) }, {
      runOnly: { type: "tag", values: tags }, rules: { "target-size": { enabled: true } },
      resultTypes: ["violations"], iframes: false,
    });
    for (const selector of without) if (document.querySelector(selector)) excused.add(`excused ${selector}`);
    const counts = (rule, node) => rule.id !== "target-size" || !toScale(document.querySelector(node.target[0]));
    return found.violations.flatMap((rule) => rule.nodes.filter((node) => counts(rule, node)).slice(0, 3).map((node) => {
      const why = [...node.any, ...node.all, ...node.none].map((check) => check.message)[0] ?? "";
      return `${rule.id}: ${node.html.slice(0, 160)} (${why.slice(0, 160)})`;
    }));
  }

  /* Boards and tables may scroll inside themselves; the page and its content may not. */
  function width() {
    const wide = Math.max(...["html", "main"].map((name) => document.querySelector(name)?.scrollWidth ?? 0));
    return wide > innerWidth ? [`is ${wide} pixels wide`] : [];
  }

  const HIDDEN = ".sr, .skip, svg, [aria-hidden=true], select, dialog:not([open])";
  const known = new Map();
  const clipped = (it) => {
    if (!it) return false;
    if (!known.has(it)) known.set(it, getComputedStyle(it).clipPath !== "none" || clipped(it.parentElement));
    return known.get(it);
  };
  const left = [HIDDEN, ...without].join(", ");
  const shown = (it) => !it.closest(left) && !clipped(it) && it.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const scrolls = (style) => [style.overflowX, style.overflowY].some((way) => ["auto", "scroll"].includes(way));

  /* Text that a box cuts off without saying so with an ellipsis. */
  function cut() {
    const found = [], range = document.createRange();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode, owner = text.parentElement;
      if (!text.data.trim() || !owner || !shown(owner)) continue;
      range.selectNodeContents(text);
      const { x: near, right, top, bottom, width, height } = range.getBoundingClientRect();
      if (width < 2 || height < 2) continue;
      for (let box = owner; box && box !== document.body; box = box.parentElement) {
        const style = getComputedStyle(box), at = box.getBoundingClientRect();
        if (style.position === "fixed" || scrolls(style)) break;
        if (style.overflowX === "visible" && style.overflowY === "visible") continue;
        if (style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none") break;
        if (near < at.left - 2 || right > at.right + 2 || top < at.top - 3 || bottom > at.bottom + 3) {
          if (!toScale(owner)) found.push(`cuts “${text.data.trim().slice(0, 50)}” in ${box.tagName.toLowerCase()}.${box.className}`);
          break;
        }
      }
    }
    return found;
  }

  /* Words that run out of their button or cell. */
  function over() {
    const narrow = [...document.querySelectorAll(".btn, .chip, .tag, .badge, .skill, .tab, .nav, .segments > *, th, td")];
    const placed = (it) => [...it.querySelectorAll("*")].some((one) => getComputedStyle(one).position === "absolute");
    const out = narrow.filter((it) => it.clientWidth > 0 && it.scrollWidth > it.clientWidth + 2 && shown(it) && !placed(it));
    return out.map((it) => `has “${it.textContent.trim().slice(0, 40)}” run out of ${it.tagName.toLowerCase()}.${it.className}`);
  }

  const found = [...width(), ...[...new Set([...cut(), ...over()])].slice(0, 6), ...await rules()];
  return [...found, ...excused];
}
