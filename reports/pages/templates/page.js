(() => {
  "use strict";
  const make = (tag, text, title) => Object.assign(document.createElement(tag), {textContent: text, title: title || ""});
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  document.querySelectorAll("th[data-key]").forEach(head => {
    const button = make("button", head.textContent, "Sort; unsafe rows stay last");
    button.type = "button";
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const table = head.closest("table");
      const down = head.getAttribute("aria-sort") === "ascending";
      table.querySelectorAll("th[aria-sort]").forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = row => {
        const cell = row.cells[head.cellIndex].textContent.replaceAll(",", "").replace("\u2212", "-");
        const found = cell.match(/-?[\d.]+/);
        return found ? Number(found[0]) : down ? -Infinity : Infinity;
      };
      table.querySelectorAll("tbody:not(.divider):not(.fixed)").forEach(body =>
        body.append(...[...body.rows].sort((a, b) => (value(a) - value(b)) * (down ? -1 : 1) || 0)));
    });
  });
  const copier = (label, text) => {
    const button = make("button", label);
    button.type = "button";
    button.className = "copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(text);
        button.textContent = "Selected: press Ctrl+C";
      }
      setTimeout(() => { button.textContent = label; }, 2000);
    });
    return button;
  };
  document.querySelectorAll("pre[class]").forEach(pre => {
    const [pattern, fitting] = pre.querySelectorAll("code");
    const two = fitting && [copier("Copy the pattern", pattern), copier("Copy the file", pre)];
    pre.before(...two || [copier("Copy", pre)]);
  });
  document.querySelectorAll('a[href^="#less-"]').forEach(a => {
    const target = document.getElementById(a.hash.slice(1));
    a.title = (target.querySelector("p") || target).textContent;
  });
  const loops = document.querySelectorAll("input[name=loop]");
  const key = "loopmark-loop";
  try {
    const kept = localStorage.getItem(key);
    loops.forEach(input => {
      if (input.value === kept) input.checked = true;
      input.addEventListener("change", () => localStorage.setItem(key, input.value));
    });
  } catch { /* no storage here: the choice lasts as long as the page */ }
  open();
})();
