"use strict";
/* What is typed in the form of the searched text, as crmtext.values.folding.searchable makes it; `wide` writes ü as ue. */
const folding = (pairs) => {
  const chinese = "\\u3400-\\u9fff\\u3007\\u{20000}-\\u{3ffff}";
  const blanks = new RegExp(` *\\n *|(?<=[${chinese}]) +| +(?=[${chinese}])|(?<= ) +|^ +| +$`, "gu");
  const isChinese = new RegExp(`^[${chinese}]$`, "u");
  const ignored = /^[\u0300-\u036f\ufe00-\ufe0f\u2219\u22c5\u2218\u25e6\u25cf\u25cb\u119e\u1427\u16eb\u00b7\u2022\u30fb\u2027]$/u;
  const others = new Map([
    ["ø", "o"], ["æ", "ae"], ["œ", "oe"], ["ł", "l"], ["đ", "d"], ["ð", "d"], ["þ", "th"], ["ı", "i"], ["ħ", "h"],
    ["\u2018", "'"], ["\u2019", "'"], ["\u201c", '"'], ["\u201d", '"'], ["\u300c", '"'], ["\u300d", '"'],
  ]);
  const widened = new Map([["ä", "ae"], ["ö", "oe"], ["ü", "ue"], ["ø", "oe"], ["å", "aa"], ["\u0308", "e"], ["\u030a", "a"]]);
  const signs = [...pairs];
  const simplified = new Map(signs.flatMap((sign, at) => (at % 2 ? [] : [[sign, signs[at + 1]]])));
  // Upper case in between makes ss of ß.
  const lower = (text) => text.toLowerCase().toUpperCase().toLowerCase();
  const one = (sign) => {
    if (isChinese.test(sign)) return simplified.get(sign) ?? sign;
    if (ignored.test(sign)) return "";
    if (/^[\s\x1c-\x1f\x85]$/.test(sign) && sign !== "\ufeff") return " ";
    if (/^\p{C}$/u.test(sign) || sign.codePointAt(0) >= 0xe0100) return "";
    return /^\p{Pd}$/u.test(sign) ? "-" : others.get(sign) ?? sign;
  };
  const known = [new Map(), new Map()];
  const folded = (sign, wide) => {
    const wider = wide ? widened.get(sign) ?? widened.get(lower(sign)) ?? sign : sign;
    return [...lower(wider.normalize("NFKD")).normalize("NFKD")].map(one).join("");
  };
  return (text, wide = false) => {
    const kept = known[Number(wide)];
    const each = (sign) => {
      if (!kept.has(sign)) kept.set(sign, folded(sign, wide));
      return kept.get(sign);
    };
    return [...text].map(each).join("").replace(blanks, (blank) => (blank.includes("\n") ? "\n" : ""));
  };
};
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const fold = folding(data.pairs);
  const names = ["id", "page", "name", "also", "status", "owner", "last", "ago", "marks", "due", "late", "value", "valueOrder", "text"];
  const ends = {};
  const rows = data.rows.map((values) => {
    const row = {};
    names.forEach((name, at) => { row[name] = values[at]; });
    const key = `${row.status}\n${row.owner}`;
    ends[key] ??= `\n${fold(data.statuses[row.status])}\n${fold(data.owners[row.owner])}\n${fold(row.owner)}\n`;
    row.text += ends[key];
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

  const line = ([day, shortDay, when, tone, page, name, text, more]) => {
    const made = element("li");
    const due = element("span", tone ? `when ${tone}` : "when");
    if (day) {
      const moment = element("time", "", shortDay);
      moment.dateTime = day;
      due.append(moment, " ");
    }
    due.append(element("span", "", when));
    const link = element("a", "", name);
    link.setAttribute("href", `customers/${encodeURIComponent(page)}.html`);
    link.dir = "auto";
    const what = element("span", "what");
    what.append(link, element("span", "action", text), element("span", "more", more));
    made.append(due, what);
    return made;
  };

  // A number is written with or without the signs between its digits and the code of China.
  const digits = (word) => {
    const bare = word.replace(/[-()./\u2010-\u2015\u2212]/g, "").replace(/^(\+|00)86/, "").replace(/^\+/, "");
    return /^\d{4,}$/.test(bare) ? [bare] : [];
  };
  const forms = (typed) => typed.split(/\s+/)
    .map((word) => [...new Set([fold(word), fold(word, true), ...digits(word)])].filter(Boolean))
    .filter((word) => word.length);
  // Groups of digits may be words, or together one number.
  const grouped = /(?<![^\s])[+\d()./-]+(?:\s+[+\d()./-]+)+(?![^\s])/g;
  const find = () => {
    const typed = state.q || "";
    const joined = typed.replace(grouped, (groups) => groups.replace(/\s+/g, ""));
    const ways = (joined === typed ? [typed] : [typed, joined]).map(forms);
    // The first place of the words in the text of a row; -1 if one is missing.
    const place = (row, words) => {
      let first = Infinity;
      for (const word of words) {
        let at = -1;
        for (const form of word) {
          const here = row.text.indexOf(form);
          if (here >= 0 && (at < 0 || here < at)) at = here;
        }
        if (at < 0) return -1;
        if (at < first) first = at;
      }
      return first;
    };
    return rows.filter((row) => {
      if ((state.status && row.status !== state.status) || (state.owner && row.owner !== state.owner)) return false;
      if (state.mark && !row.marks.includes(state.mark)) return false;
      const places = ways.map((words) => place(row, words)).filter((at) => at >= 0);
      row.place = Math.min(...places);
      return places.length > 0;
    });
  };
  const sort = (found) => {
    if (!orders[state.sort]) {
      // The text of a customer begins with id, names and contacts: an early match is the better one.
      return state.q ? found.sort((a, b) => (a.place === b.place ? exactly(a.id, b.id) : a.place - b.place)) : found;
    }
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
    // What is searched for is shown below the box, whatever else the page begins with.
    $("overview").hidden = Boolean(state.q);
    if ($("limit")) $("limit").hidden = !state.q;
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
  for (const rest of document.querySelectorAll("[data-list]")) {
    const left = data.lists[rest.dataset.list];
    const shown = rest.previousElementSibling;
    const button = element("button");
    button.type = "button";
    const name = () => { button.textContent = data.words.more.replace("{n}", Math.min(left.length, data.lines)); };
    button.addEventListener("click", () => {
      const next = left.splice(0, data.lines);
      shown.append(...next.map(line));
      rest.hidden = left.length === 0;
      name();
    });
    name();
    rest.replaceChildren(button);
  }
  for (const form of [$("find"), $("tools")]) form.addEventListener("submit", (event) => event.preventDefault());
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
  $("tools").hidden = $("find").hidden = false;
  show();
  read();
})();
