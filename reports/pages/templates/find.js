(() => {
  "use strict";
  const box = document.getElementById("find");
  if (!box) return;
  const plain = text => text.toLowerCase().replace(/[\s_-]+/g, " ").trim();
  const many = (number, noun) => number + " " + (number === 1 ? noun : noun.replace(/y$/, "ie") + "s");
  const find = () => {
    const words = plain(box.value).split(" ").filter(Boolean);
    const counts = {family: 0, workload: 0, alternative: 0};
    document.querySelectorAll("#picks .family").forEach(body => {
      const family = plain(body.querySelector(".name").textContent);
      const whole = words.length > 0 && [family, plain(body.querySelector(".asked a").textContent)].some(text =>
        words.every(word => text.includes(word)));
      // The name of the family may be among the words, and does not make a hit of everything in it.
      const hits = element => {
        const text = plain(element.textContent);
        return words.some(word => text.includes(word)) && words.every(word => (family + " " + text).includes(word));
      };
      const rows = [...body.querySelectorAll("tr.on")];
      const asked = new Set(rows.map(row => row.querySelector("td > a")).filter(a => a && hits(a)).map(a => a.textContent));
      const names = [...body.querySelectorAll(".compared li")];
      const named = names.filter(hits);
      const all = whole || !words.length;
      rows.forEach(row => { row.hidden = !all && ![...row.querySelectorAll("td > a, code")].some(hits); });
      names.forEach(name => { name.hidden = named.length > 0 && !named.includes(name); });
      body.querySelector("details").open = named.length > 0;
      body.querySelector(".compared").hidden = !all && !named.length;
      body.hidden = !all && !asked.size && !named.length;
      counts.family += whole;
      counts.workload += asked.size;
      counts.alternative += named.length;
    });
    document.querySelectorAll("#picks .group").forEach(head => {
      let body = head.nextElementSibling;
      while (body && body.className === "family" && body.hidden) body = body.nextElementSibling;
      head.hidden = !body || body.className !== "family";
    });
    const kinds = Object.keys(counts).filter(kind => counts[kind]);
    const total = kinds.reduce((sum, kind) => sum + counts[kind], 0);
    document.getElementById("found").textContent = !words.length ? "" : !total ? "No hits"
      : many(total, "hit") + ": " + kinds.map(kind => many(counts[kind], kind)).join(", ");
  };
  box.addEventListener("input", find);
  document.getElementById("finder").hidden = false;
})();
