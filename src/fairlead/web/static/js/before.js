/* htmx looks through every attribute of a page for hx-on, which pages here never have: their policy forbids scripts in the
   markup. On a long page that search is half of what htmx does at the start, so it is told that there is nothing. */
window.XPathEvaluator = class { createExpression() { return { evaluate: () => ({ iterateNext: () => null }) }; } };
