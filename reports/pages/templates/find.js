(() => {
  "use strict";
  const box = document.getElementById("find");
  if (!box) return;
  // Words that people use, and what stands on the page for them.
  const meant = {
    "pub sub": "subscriber", "pubsub": "subscriber", "observer": "subscriber", "event emitter": "subscriber",
    "ttl": "time to live", "memoize": "cache", "mutex": "lock", "critical section": "lock", "worker pool": "workers",
    "pool": "workers", "throttle": "limit", "debounce": "batch", "parallel": "jobs", "concurrency": "jobs", "concurrent": "jobs",
  };
  const plain = text => text.toLowerCase().replace(/[\s_.\/\-]+/g, " ").trim();
  const many = (number, noun) => number + " " + (number === 1 ? noun : noun.replace(/y$/, "ie") + "s");
  const find = () => {
    const typed = plain(box.value);
    const every = (meant[typed] || typed).split(" ").filter(Boolean), long = every.filter(word => word.length > 2);
    const words = long.length ? long : every;
    const counts = {family: 0, question: 0, alternative: 0};
    document.querySelectorAll("#picks .family").forEach(body => {
      const name = plain(body.querySelector(".name").textContent);
      const holds = text => words.length > 0 && words.every(word => plain(text).includes(word));
      // The name of the family may be among the words, and does not make a hit of everything in it.
      const hits = text => words.some(word => plain(text).includes(word)) && holds(name + " " + text);
      const whole = holds(name + " " + body.querySelector(".asked a").textContent + " " + body.dataset.find);
      const asked = [...body.querySelectorAll(".more details li")].filter(item => hits(item.querySelector("a").textContent));
      const list = body.querySelector(".hits");
      const named = list.dataset.names.split("|").map(one => one.split("=")).map(([anchor, ...called]) => [anchor, called.join("=") || anchor])
        .filter(([anchor, called]) => hits(anchor) || hits(called));
      list.replaceChildren(...named.map(([anchor, called]) => {
        const item = document.createElement("li");
        const several = named.filter(other => other[1] === called).length > 1;
        const text = several ? called + " (" + anchor + ")" : called;
        item.append(Object.assign(document.createElement("a"), {href: body.dataset.code + "#code-" + anchor, textContent: text}));
        return item;
      }));
      list.hidden = !named.length;
      body.querySelector("details").open = asked.length > 0;
      body.hidden = words.length > 0 && !whole && !asked.length && !named.length;
      counts.family += whole;
      counts.question += asked.length;
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
