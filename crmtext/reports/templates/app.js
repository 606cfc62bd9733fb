"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const names = ["id", "page", "name", "also", "status", "owner", "last", "ago", "marks", "due", "late", "value", "valueOrder", "foundBy"];
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const rows = data.rows.map((values) => {
    const row = {};
    names.forEach((name, at) => { row[name] = values[at]; });
    row.text = plain([row.id, row.name, row.also, data.statuses[row.status], data.owners[row.owner], row.owner, row.foundBy].join("\n"));
    return row;
  });

  const collator = new Intl.Collator("zh-Hans-CN", { numeric: true });
  const exactly = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const statusOrder = Object.fromEntries([...$("status").options].map((option, at) => [option.value, at]));
  const orders = {
    name: [(row) => row.name, collator.compare],
    status: [(row) => statusOrder[row.status], (a, b) => a - b],
    owner: [(row) => data.owners[row.owner], collator.compare],
    last: [(row) => row.last, exactly],
    due: [(row) => row.due, exactly],
    value: [(row) => row.valueOrder, exactly],
  };
  const fields = { q: $("query"), status: $("status"), owner: $("owner"), mark: $("mark") };
  const order = $("order");
  const heads = [...document.querySelectorAll("#table th")];
  let state = {};
  let matches = rows;
  let drawn = 0;

  const element = (tag, kind, text) => {
    const made = document.createElement(tag);
    if (kind) made.className = kind;
    if (text) made.textContent = text;
    return made;
  };
  const time = (day) => {
    const made = element("time", "", day);
    made.dateTime = day;
    return made;
  };
  const cell = (kind, ...parts) => {
    const made = element("td", kind);
    made.setAttribute("role", "cell");
    made.append(...parts);
    return made;
  };
  const draw = (row) => {
    const made = element("tr");
    made.setAttribute("role", "row");
    const link = element("a", "", row.name);
    link.setAttribute("href", `customers/${encodeURIComponent(row.page)}.html`);
    link.dir = "auto";
    const stale = row.marks.includes("stale") ? "also stale" : "also";
    const last = row.last ? [time(row.last), element("span", stale, row.ago)] : [element("span", "also", data.words.never)];
    const due = row.due ? [time(row.due)] : [];
    if (row.late) due.push(element("span", "also late", data.words.late));
    made.append(
      cell("name", link, element("span", "also", row.also ? `${row.id} · ${row.also}` : row.id)),
      cell("status", element("span", `chip tone-${row.status}`, data.statuses[row.status])),
      cell("owner", data.owners[row.owner]),
      cell("last", ...last),
      cell("due", ...due),
      cell("value number", row.value),
    );
    return made;
  };

  const find = () => {
    const words = plain(state.q || "").split(/\s+/).filter(Boolean);
    return rows.filter((row) =>
      (!state.status || row.status === state.status) &&
      (!state.owner || row.owner === state.owner) &&
      (!state.mark || row.marks.includes(state.mark)) &&
      words.every((word) => row.text.includes(word)));
  };
  const sort = (found) => {
    if (!orders[state.sort]) return found;
    const [of, compare] = orders[state.sort];
    const sign = state.dir === "desc" ? -1 : 1;
    // What is empty comes last, whichever way the column runs.
    return found.sort((a, b) => {
      const [x, y] = [of(a), of(b)];
      if (x === "" || y === "") return (x === "") - (y === "") || exactly(a.id, b.id);
      return sign * compare(x, y) || exactly(a.id, b.id);
    });
  };

  const extend = (count = data.first) => {
    const next = matches.slice(drawn, drawn + count);
    const part = document.createDocumentFragment();
    part.append(...next.map(draw));
    $("rows").append(part);
    drawn += next.length;
    const left = matches.length - drawn;
    $("more").hidden = left === 0;
    $("more").textContent = data.words.more.replace("{n}", Math.min(left, data.first));
  };
  const show = () => {
    matches = sort(find());
    drawn = 0;
    $("rows").replaceChildren();
    extend();
    $("shown").textContent = data.words.shown.replace("{n}", matches.length).replace("{all}", rows.length);
    for (const head of heads) {
      if (head.dataset.key !== state.sort) head.removeAttribute("aria-sort");
      else head.setAttribute("aria-sort", state.dir === "desc" ? "descending" : "ascending");
    }
    for (const [name, field] of Object.entries(fields)) {
      if (document.activeElement !== field) field.value = state[name] || "";
    }
    order.value = state.sort || "";
    $("reset").hidden = !Object.values(state).some(Boolean);
  };

  const read = () => {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes("=")) return;
    const given = new URLSearchParams(hash);
    state = {};
    for (const name of [...Object.keys(fields), "sort", "dir"]) {
      if (given.get(name)) state[name] = given.get(name);
    }
    show();
  };
  const keep = (changed) => {
    state = { ...state, ...changed };
    const kept = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
    history.replaceState(null, "", `#${kept}`);
    show();
  };

  for (const [name, field] of Object.entries(fields)) {
    field.addEventListener("input", () => keep({ [name]: field.value }));
  }
  order.addEventListener("input", () => keep({ sort: order.value, dir: "" }));
  for (const head of heads) {
    head.firstElementChild.addEventListener("click", () => {
      const again = state.sort === head.dataset.key && state.dir !== "desc";
      keep({ sort: head.dataset.key, dir: again ? "desc" : "" });
    });
  }
  $("tools").addEventListener("submit", (event) => event.preventDefault());
  $("tools").addEventListener("reset", (event) => {
    event.preventDefault();
    fields.q.value = "";
    keep({ q: "", status: "", owner: "", mark: "", sort: "", dir: "" });
    fields.q.focus();
  });
  $("more").addEventListener("click", () => extend());
  // Paper has no button to ask for more.
  addEventListener("beforeprint", () => extend(Infinity));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-filter]");
    if (!link) return;
    event.preventDefault();
    keep({ q: "", status: "", owner: "", mark: "", ...Object.fromEntries(new URLSearchParams(link.dataset.filter)) });
    $("customers").scrollIntoView();
  });
  addEventListener("hashchange", read);
  $("tools").hidden = false;
  show();
  read();
})();
