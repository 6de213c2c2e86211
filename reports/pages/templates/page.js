(() => {
  "use strict";
  const make = (tag, text, title) => Object.assign(document.createElement(tag), {textContent: text, title: title || ""});
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  const tables = document.querySelectorAll("table");
  let sorted = ""; // the table, the column and the direction that were asked for last
  const note = text => history.replaceState(null, "", "#" + [text, sorted && "sort=" + sorted].filter(Boolean).join("&"));
  // Evidence: tables and code, which the first page has none of.
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
        const found = cell.match(/(-?[\d.]+)( [kM]B)?/);
        return found ? found[1] * ({" kB": 1e3, " MB": 1e6}[found[2]] || 1) : down ? -Infinity : Infinity;
      };
      table.querySelectorAll("tbody:not(.divider):not(.fixed)").forEach(body =>
        body.append(...[...body.rows].sort((a, b) => (value(a) - value(b)) * (down ? -1 : 1) || 0)));
      const heads = [...table.querySelectorAll("th[data-key]")];
      sorted = [[...tables].indexOf(table), heads.indexOf(head), ...down ? ["down"] : []].join(".");
      note(chosen.length ? say() : "");
    });
  });
  // What passed leads where its row leads; five hundred more stops of the Tab key would help nobody.
  document.querySelectorAll(".matrix td:not(:has(a))").forEach(cell => {
    const link = make("a");
    link.href = cell.parentElement.querySelector("a").href;
    link.tabIndex = -1;
    link.append(...cell.childNodes);
    cell.append(link);
  });
  document.querySelectorAll('a[href^="#less-"]').forEach(a => {
    const target = document.getElementById(a.hash.slice(1));
    a.title = (target.querySelector("p") || target).textContent;
  });
  // End of evidence.
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
  const chosen = document.querySelectorAll("#program input[name]");
  const key = "loopmark-loop";
  const links = document.querySelectorAll("nav.switch a, .asked a");
  const say = () => {
    const told = {};
    chosen.forEach(input => { if (input.checked) (told[input.name] ||= []).push(input.value); });
    if (document.querySelector("#program input[type=checkbox]")) told.need ||= ["none"];
    const text = Object.entries(told).map(([name, values]) => name + "=" + values.join(",")).join("&");
    links.forEach(a => { a.hash = text; });
    // Whoever hears the page hears the order that others see.
    document.querySelectorAll(".lane ol").forEach(list => {
      const place = item => Number(getComputedStyle(item).order);
      const sorted = [...list.children].sort((a, b) => place(a) - place(b));
      // What is moved loses the focus, so nothing is moved that is in its place.
      if (sorted.some((item, number) => item !== list.children[number])) list.append(...sorted);
      [...list.children].forEach((item, number) => item.classList.toggle("pick", number === 0 && place(item) < 99));
    });
    return text;
  };
  const told = () => new Map(location.hash.slice(1).split("&").map(part => part.split("=")).filter(part => part.length === 2));
  const follow = () => {
    const wanted = told();
    const here = document.querySelector("nav.switch a[aria-current]");
    const there = [...links].find(a => a.textContent === wanted.get("loop") && a !== here);
    if (here && there) location.replace(there.href.split("#")[0] + location.hash);
    chosen.forEach(input => {
      if (wanted.has(input.name)) input.checked = wanted.get(input.name).split(",").includes(input.value);
    });
    if (chosen.length) say();
    const [table, column, down] = (wanted.get("sort") || "").split(".");
    const head = tables[table]?.querySelectorAll("th[data-key]")[column];
    if (!head) return;
    head.removeAttribute("aria-sort");
    for (let click = down ? 2 : 1; click; click -= 1) head.firstChild.click();
  };
  try {
    const kept = localStorage.getItem(key);
    document.querySelectorAll("#colours input").forEach(input => {
      if (input.id === localStorage.getItem("loopmark-colours")) input.checked = true;
      input.addEventListener("change", () => localStorage.setItem("loopmark-colours", input.id));
    });
    chosen.forEach(input => {
      if (input.name !== "loop") return;
      if (input.value === kept) input.checked = true;
      input.addEventListener("change", () => localStorage.setItem(key, input.value));
    });
  } catch { /* no storage here: the choice lasts as long as the page */ }
  chosen.forEach(input => input.addEventListener("change", () => note(say())));
  addEventListener("hashchange", follow);
  follow();
  open();
})();
